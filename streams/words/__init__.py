"""The words of an alert: the one room that turns records into sentences for a desk; no channel's markup."""
