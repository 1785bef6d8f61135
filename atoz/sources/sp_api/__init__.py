"""SP-API payloads: parsed JSON in, records out. No HTTP, no credentials, no client."""
