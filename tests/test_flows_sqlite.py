"""Two transactions of a Prefect server on SQLite that read, then write, at the same moment."""

import asyncio

import pytest
import sqlalchemy as sa
from prefect.server.database.configurations import AioSqliteConfiguration
from sqlalchemy.exc import OperationalError

from flows.sqlite_server import write_from_the_start


async def _count(config, session, *, before_s: float, between_s: float) -> None:
    await asyncio.sleep(before_s)
    async with session, config.begin_transaction(session):
        (count,) = (await session.execute(sa.text("SELECT n FROM events"))).one()
        await asyncio.sleep(between_s)
        await session.execute(sa.text("UPDATE events SET n = :n"), {"n": count + 1})


async def _both(url: str) -> int:
    config = AioSqliteConfiguration(connection_url=url)
    engine = await config.engine()
    try:
        async with engine.begin() as con:
            await con.execute(sa.text("CREATE TABLE events (n INTEGER)"))
            await con.execute(sa.text("INSERT INTO events VALUES (0)"))
        slow, quick = await config.session(engine), await config.session(engine)
        await asyncio.gather(
            _count(config, slow, before_s=0.0, between_s=0.4),
            _count(config, quick, before_s=0.1, between_s=0.0),
        )
        async with engine.connect() as con:
            (count,) = (await con.execute(sa.text("SELECT n FROM events"))).one()
            return count
    finally:
        await engine.dispose()


def test_prefect_alone_fails_at_once(tmp_path):
    with pytest.raises(OperationalError, match="database is locked"):
        asyncio.run(_both(f"sqlite+aiosqlite:///{tmp_path}/server.db"))


def test_our_server_waits_its_turn_and_loses_nothing(tmp_path, monkeypatch):
    # Put back what the function replaces.
    monkeypatch.setattr(
        AioSqliteConfiguration, "begin_transaction", AioSqliteConfiguration.begin_transaction
    )
    write_from_the_start()
    assert asyncio.run(_both(f"sqlite+aiosqlite:///{tmp_path}/server.db")) == 2
