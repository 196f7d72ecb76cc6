-- Posts a new ticket each time, and reports as JSON.
local number = 0
local words = "Er druppelt sinds gisteren water door het plafond van de keuken en het wordt erger. Kan er vandaag iemand komen?"

function request()
  number = number + 1
  local body = string.format(
    '{"name":"Anna Jansen","email":"anna%d.%d@example.org","subject":"Lekkage","body":"%s %d",' ..
    '"address":{"postcode":"3511 AB","house_number":"12","city":"Utrecht"}}',
    os.time(), number, words, number)
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"rate":%f,"p50":%f,"p99":%f,"errors":%d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
