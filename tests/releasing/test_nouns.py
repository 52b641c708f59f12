def test_a_release_shows_its_rows_and_its_promise(release):
    html = release._repr_html_()
    assert "<td>victim</td><td>16</td>" in html
    assert "case protected at ε = 8" in html
    assert str(release.folder.parent) not in html


def test_parts_are_read_once(release):
    assert release.plan is release.plan
    assert release.frames is release.frames
