"""Values for what the OpenAPI document describes: such as it allows, and such as it does not."""

import re
import string

# What servers have stumbled over.
NASTY = ["", " ", "null", "-1", "0", "9" * 40, "../../etc/passwd", "..", "%2e%2e%2f", "a/b", "'; DROP TABLE accounts; --", "$1", "{{7*7}}", "<script>alert(1)</script>",
         "a\r\nX-Injected: 1", "\x00", "\x1b[31m", "\u202e\u0000", "é" * 200, "漢字🦀", "\ufffe", "x" * 5000, "[]", "{}", "true", "1e309", "_cursor", "AAAA"]
WORDS = ["a", "ab", "main", "model", "dataset", "space", "public", "private", "read", "write", "admin", "digits", "README.md", "vision", "1", "10", "apache-2.0",
         "https://example.org/a", "ada@example.org", "+8613800000000", "123456", "correct horse battery staple", "x-1", "HEAD", "2026-11-26T00:00:00Z"]


class Generator:
    """Of one random number generator, and with names of things that exist, in `known`: {name of a parameter or member: [values]}."""

    def __init__(self, random, document, known):
        self.random, self.document, self.known = random, document, known

    def resolve(self, schema):
        while "$ref" in schema:
            node = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                node = node[part]
            schema = node
        return schema

    def text(self, schema, name):
        fitting = [w for w in [*self.known.get(name, []), *WORDS] if self.fits(w, schema)]
        if fitting and self.random.random() < 0.8:
            return self.random.choice(self.known[name] if self.known.get(name) and self.random.random() < 0.7 else fitting)
        length = min(schema.get("maxLength", 30), 60)
        return "".join(self.random.choice(string.ascii_letters + string.digits + "-") for _ in range(self.random.randint(schema.get("minLength", 0), length)))

    @staticmethod
    def fits(word, schema):
        return (schema.get("minLength", 0) <= len(word) <= schema.get("maxLength", 10**6)
                and re.search(schema.get("pattern", ""), word) is not None)

    def valid(self, schema, name=""):
        """Allowed by the schema, as far as that can be said without solving regular expressions."""
        schema = self.resolve(schema)
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self.valid(self.random.choice(schema[choice]), name)
        kind = schema.get("type", "string")
        if isinstance(kind, list):
            kind = self.random.choice(kind)
        if kind == "object":
            required = schema.get("required", [])
            return {member: self.valid(inner, member) for member, inner in schema.get("properties", {}).items()
                    if member in required or self.random.random() < 0.5}
        if kind == "array":
            count = self.random.randint(schema.get("minItems", 0), min(schema.get("maxItems", 3), 3))
            return [self.valid(schema.get("items", {}), name) for _ in range(count)]
        if kind == "integer":
            return self.random.choice([schema.get("minimum", -1), schema.get("maximum", 2**31), self.random.randint(schema.get("minimum", 0), schema.get("maximum", 100))])
        if kind == "number":
            return self.random.uniform(schema.get("minimum", -1), schema.get("maximum", 1000))
        if kind == "boolean":
            return self.random.random() < 0.5
        return None if kind == "null" else self.text(schema, name)

    def invalid(self, schema, name=""):
        """Like a valid one, with something in it that a careless client, or a careful attacker, would send."""
        schema = self.resolve(schema)
        value = self.valid(schema, name)
        if isinstance(value, dict) and value and self.random.random() < 0.8:
            member = self.random.choice(list(value))
            properties = schema.get("properties", {})
            change = self.random.randrange(4)
            if change == 0:
                del value[member]
            elif change == 1:
                value["unknown" + str(self.random.randrange(10))] = self.odd()
            else:
                value[member] = self.invalid(properties.get(member, {}), member)
            return value
        if isinstance(value, list) and value and self.random.random() < 0.5:
            return [*value, self.odd()] * self.random.choice([1, 1, 200])
        return self.odd()

    def odd(self):
        return self.random.choice([None, True, -1, 2**63, -2**63, 2**64, 1e308, 0.5, [], {}, [[[]]], {"a": {"b": []}}, *NASTY])
