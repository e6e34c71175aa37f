-- Chooses buckets by the path; the first route that fits decides. A route may name several buckets.
-- params: routes = a list of {path = template, bucket = name or list of names}

local routes = {
  { path = "/api/orders/*", bucket = { "orders", "audit" } },
  { path = "/api/*", bucket = "api" },
  { path = "/assets/*", drop = "asset" },
}

function on_start(params)
  routes = params.routes or routes
end

function on_capture(req)
  for _, route in ipairs(routes) do
    if req:match(route.path) then
      if route.drop then
        return drop(route.drop)
      end
      req.bucket = route.bucket
      return
    end
  end
end
