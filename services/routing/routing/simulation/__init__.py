"""A day of work in accelerated time: the product's own policy, matching and calendars, on generated or real work."""
