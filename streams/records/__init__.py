"""What flows through Tocsin, as frozen records: made by one step, read by the next, never changed; everybody may import them."""
