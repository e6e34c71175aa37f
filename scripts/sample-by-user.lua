-- Keeps the requests of some users: all of a user's or none, on every proxy alike.
-- params: percent = how many users, cookie or header = what tells a user

local percent, cookie, header = 10, "uid", nil

function on_start(params)
  percent = params.percent or percent
  cookie = params.cookie or cookie
  header = params.header
end

function on_capture(req)
  local user
  if header then
    user = req.headers[header]
  else
    user = req.cookies[cookie]
  end
  if not req:sample(user, percent) then
    return drop "not sampled"
  end
end
