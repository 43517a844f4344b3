from congress_portal.machine import stamps


def test_stamp_is_fresh_only_for_the_input_it_was_written_for(tmp_path):
    stamp = tmp_path / "stamps" / "static"
    before = stamps.is_fresh(stamp, "one")

    stamps.write(stamp, "one")

    assert (before, stamps.is_fresh(stamp, "one"), stamps.is_fresh(stamp, "two")) == (False, True, False)


def test_fingerprint_keeps_the_borders_between_its_parts():
    assert stamps.fingerprint(["ab", "c"]) == stamps.fingerprint([b"ab", b"c"])
    assert stamps.fingerprint(["ab", "c"]) != stamps.fingerprint(["a", "bc"])
