"""Fakes of Meta, Google Ads, Shopify and Klaviyo: stateful servers on a loopback socket."""
