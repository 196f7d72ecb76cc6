"""Settings are refused with a sentence when they are wrong or unsafe."""

import pytest

from common.settings import Settings, load

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    monkeypatch.setenv("LOKET_SECRET_KEY", SECRET)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("LOKET_HTTP_PORT", "eighty", "LOKET_HTTP_PORT"),
        ("LOKET_HTTP_PORT", "70000", "LOKET_HTTP_PORT"),
        ("LOKET_BUS_URL", "rabbit://x", "kafka://"),
        ("LOKET_MAIL_URL", "gmail", "maildir:"),
        ("LOKET_BASE_URL", "loket.example", "https://"),
        ("LOKET_SECRET_KEY", "short", "LOKET_SECRET_KEY"),
        ("LOKET_LOG_LEVEL", "LOUD", "LOKET_LOG_LEVEL"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_exit_code_two(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as refused:
        load(Settings)

    assert refused.value.code == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said


def test_no_secret_outside_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOKET_SECRET_KEY")

    with pytest.raises(SystemExit):
        load(Settings)


def test_the_demo_is_refused_on_a_public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOKET_DEMO", "true")
    monkeypatch.setenv("LOKET_BASE_URL", "https://loket.example")

    with pytest.raises(SystemExit):
        load(Settings)


def test_a_service_uses_its_own_database_when_it_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOKET_DATABASE_URL", "postgresql://all@db/all")
    monkeypatch.setenv("LOKET_ROUTING_DATABASE_URL", "postgresql://routing@db/routing")
    settings = load(Settings)

    assert settings.database_of("intake") == "postgresql+asyncpg://all@db/all"
    assert settings.database_of("routing") == "postgresql+asyncpg://routing@db/routing"
