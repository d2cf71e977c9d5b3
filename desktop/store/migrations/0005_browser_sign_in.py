"""Why: an account may be signed in to through the browser, at a provider, and not with a password."""

from peewee import SqliteDatabase


def up(migrator: object, db: SqliteDatabase) -> None:
    """Every account there is signs in with a password."""
    db.execute_sql("ALTER TABLE mail_account ADD COLUMN oauth_provider TEXT NOT NULL DEFAULT ''")
