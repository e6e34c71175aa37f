test("digests the empty string", function(t)
  t.eq(hash.md5(""), "d41d8cd98f00b204e9800998ecf8427e")
  t.eq(hash.sha1(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709")
  t.eq(hash.sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  t.eq(hash.crc32(""), 0)
end)

test("digests text, binary and numbers", function(t)
  t.eq(hash.crc32("123456789"), 3421780262)
  t.eq(#hash.md5("\0\255"), 32)
  t.eq(hash.sha1(2^53), hash.sha1("9007199254740992"))
end)

test("gives slots that never change", function(t)
  t.eq(hash.slot("", 100), 52)
  t.eq(hash.slot("user-1", 1), 0)
  t.eq(hash.slot("user-1", 1000), hash.slot("user-1", 1000))
  for i = 1, 50 do
    local slot = hash.slot("user-" .. i, 7)
    t.ok(slot >= 0 and slot < 7)
  end
end)

test("refuses nil and no slots", function(t)
  t.errors(function() hash.sha256(nil) end, "string expected")
  t.errors(function() hash.slot("a", 0) end, "one slot at least")
end)
