test("signs", function(t)
  t.eq(
    hmac.sha256("key", "The quick brown fox jumps over the lazy dog"),
    "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")
  t.eq(hmac.md5("key", "The quick brown fox jumps over the lazy dog"), "80070713463e7749b90c2dc24911e275")
  t.eq(#hmac.sha1("\0\255", ""), 40)
end)

test("refuses nil and an empty key", function(t)
  t.errors(function() hmac.sha256("key", nil) end, "string expected")
  t.errors(function() hmac.sha256("", "x") end, "key is empty")
end)

test("tells text above 2^53 apart", function(t)
  t.ok(hmac.sha256("k", "9007199254740993") ~= hmac.sha256("k", "9007199254740992"))
end)
