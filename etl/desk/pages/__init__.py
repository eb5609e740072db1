"""The pages of the desk: each takes a request and returns a response; who may ask for it stands in `etl.desk.routes`."""
