"""Product `template`: the smallest product, copied by `ff new product`."""
