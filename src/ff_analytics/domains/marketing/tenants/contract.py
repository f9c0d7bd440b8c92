"""Contracts of `raw_marketing.*`: the content of the user's tenant files."""

import dataframely as dy


class TenantRow(dy.Schema):
    """One row per tenant; `currency` is the one its channels are compared in."""

    tenant = dy.String(primary_key=True)
    title = dy.String()
    timezone = dy.String()
    currency = dy.String(regex="^[A-Z]{3}$")


class Budget(dy.Schema):
    """Planned spend a calendar month, in `currency`; one row per tenant and channel."""

    tenant = dy.String(primary_key=True)
    channel = dy.String(primary_key=True)
    currency = dy.String(regex="^[A-Z]{3}$")
    monthly_budget = dy.Decimal(18, 2, min=0)
