-- Takes session cookies out before anything reaches a disk, in the request and in the recorded answer.
-- params: names = a list of cookies; "~" begins an expression

local names = { "sid", "~(?i)^(sess|session|jsessionid|phpsessid|asp\\.net_sessionid|connect\\.sid)" }

function on_start(params)
  names = params.names or names
end

function on_capture(req)
  req.cookies:drop(names)
  if req.response then
    req.response.cookies:drop(names)
  end
end
