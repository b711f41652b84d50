"""License and policy events of a text: triggers, arguments, modality, time.

Entry point: `extractors.events.find.find_license_events`.
"""
