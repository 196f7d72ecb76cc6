BEGIN;
INSERT INTO ticket (ticket_id, reference, person_id, name, email, language, channel, subject, postcode, house_number,
    city, handling_class, topic, task_type, sensitivity, judgement, received_at)
VALUES (gen_random_uuid(), gen_random_uuid()::text, '00000000-0000-7000-8000-000000000000', 'Anna Jansen',
    'anna@example.org', 'nl', 'api', 'Lekkage', '3511 AB', '12', 'Utrecht', 'technical', 'repair', 'fault', 'normal',
    jsonb_build_object('handling_class', 'technical', 'confidence', 0.9, 'reasons', repeat('druppelt ', 30)), now());
INSERT INTO outbox (event_id, topic, type, key, version, body, emitted_at)
VALUES (gen_random_uuid(), 'intake.tickets', 'ticket.submitted', gen_random_uuid(), 1,
    convert_to(repeat('{"subject":"Lekkage"}', 55), 'UTF8'), now());
COMMIT;
