-- One timer that tells what became of each call.
every("1s", function()
  for _, wrong in ipairs{"", "\0\255", 9007199254740993, {}} do
    if pcall(emit, wrong) then
      error("emitted " .. tostring(wrong))
    end
  end
  if pcall(emit, nil) or pcall(emit) then
    error("emitted nil")
  end
  emit(request{path = "/", body = "\0\255", headers = {["X-Empty"] = ""}})
  emit(request{path = "/json", json = json.decode('{"id":9007199254740993}')})
end)

function on_capture(req)
  emit(req)
end
