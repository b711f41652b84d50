-- Where does each control and ban stand: proposed, announced, in force, suspended until when, lifted?
SELECT status, status_from, suspended_until, kind, authority, material, instrument, mast_code, event_id
FROM timeline
WHERE status IS NOT NULL
  AND kind IN ('control_imposed', 'control_expanded', 'ban_imposed', 'license_regime_changed')
ORDER BY status, status_from, event_id;
