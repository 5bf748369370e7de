-- warn: tickets: a status that `tickets` in the configuration does not list, so time in it is unknown
-- needs: ticket_statuses
SELECT status
FROM marts.ticket_statuses
WHERE meaning IS NULL
