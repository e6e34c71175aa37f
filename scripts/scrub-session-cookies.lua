-- Takes session cookies out before anything reaches a disk, in the request and in the recorded answer.
-- params: names = a list of cookies; "~" begins an expression

local names = { "~(?i)sess|(^|[^a-z])sid($|[^a-z])" }

function on_start(params)
  names = params.names or names
end

function on_capture(req)
  req.cookies:drop(names)
  if req.response then
    req.response.cookies:drop(names)
  end
end
