"""Asks what it is told with one of Python's clients, as it comes, and prints what that gives: data as JSON, or an error's text.

ask.py CLIENT ENDPOINT TOKEN DOCUMENT VARIABLES
"""

import json
import sys


def with_gql(transport, document, variables):
    from gql import Client, gql

    return Client(transport=transport).execute(gql(document), variable_values=variables)


def ask(client, endpoint, token, document, variables):
    headers = {"Authorization": f"Bearer {token}"}
    if client == "gql[requests]":
        from gql.transport.requests import RequestsHTTPTransport

        return with_gql(RequestsHTTPTransport(endpoint, headers=headers), document, variables)
    if client == "gql[httpx]":
        from gql.transport.httpx import HTTPXTransport

        return with_gql(HTTPXTransport(endpoint, headers=headers), document, variables)
    if client == "railway-client":
        from railway import RailwayClient

        return RailwayClient(api_token=token, endpoint=endpoint)._execute(document, variables)
    raise SystemExit(f"no such client: {client}")


client, endpoint, token, document, variables = sys.argv[1:]
try:
    print(json.dumps(ask(client, endpoint, token, document, json.loads(variables))))
except Exception as error:
    print(f"{type(error).__name__}: {error}")
    sys.exit(1)
