test("calls once in each interval", function(t)
  t.advance("35s")
  t.eq(#t.emitted(), 3)
  t.advance("10s")
  t.eq(t.emitted()[1].path, "/4")
end)

test("refuses nil, the empty string, binary, what is too long or too short, and hooks", function(t)
  local meta = t.capture{}.meta
  for _, name in ipairs{"none", "empty", "binary", "large", "short", "nothing", "late"} do
    t.eq(meta[name], "true", name)
  end
end)
