"""A shop's order API: `python orders_api.py PORT KEY`. Its data is lost when it stops."""

import hmac
import sys
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

BEANS = {"number": "A-1001", "item": "Coffee beans", "total": "24.90", "status": "shipped"}
FROTHER = {"number": "A-1002", "item": "Milk frother", "total": "49.00", "status": "placed"}
TEA_POT = {"number": "B-2001", "item": "Tea pot", "total": "35.50", "status": "placed"}
ORDERS: dict[str, list[dict[str, Any]]] = {"alice": [BEANS, FROTHER], "bob": [TEA_POT]}
# Canceled orders, by the idempotency key of the request that canceled each.
CANCELED: dict[str, dict[str, Any]] = {}
app = Starlette()


def orders_of(request: Request) -> list[dict[str, Any]]:
    """Return the orders of the user in the query. Raise HTTPException (401) without the key."""
    authorization = request.headers.get("authorization", "")
    if not hmac.compare_digest(authorization.encode(), f"Bearer {app.state.key}".encode()):
        raise HTTPException(401)
    return ORDERS.get(request.query_params.get("user", ""), [])


def find_order(request: Request) -> dict[str, Any]:
    orders = {order["number"]: order for order in orders_of(request)}
    if order := orders.get(request.path_params["number"]):
        return order
    raise HTTPException(404)


async def list_orders(request: Request) -> JSONResponse:
    return JSONResponse(orders_of(request))


async def show_order(request: Request) -> JSONResponse:
    return JSONResponse(find_order(request))


async def cancel_order(request: Request) -> JSONResponse:
    order = find_order(request)
    key = request.headers.get("idempotency-key")
    if key is None or CANCELED.get(key) is not order:
        if order["status"] != "placed":
            raise HTTPException(409)
        order |= {"status": "canceled", "refunds": order.get("refunds", 0) + 1}
        if key:
            CANCELED[key] = order
    return JSONResponse(order)


app.add_route("/orders", list_orders)
app.add_route("/orders/{number}", show_order)
app.add_route("/orders/{number}/cancel", cancel_order, methods=["POST"])

if __name__ == "__main__":
    port, app.state.key = sys.argv[1:]
    uvicorn.run(app, port=int(port))
