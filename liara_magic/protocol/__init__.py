"""The API as plain values: parameters, messages, requests, streams, replies, errors. No I/O, standard library only."""
