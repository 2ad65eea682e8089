"""What the commands of all packages have in common."""

from typing import Any

import click


class Commands(click.Group):
    """Says what was refused in a sentence, not in a trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            from service.errors import ServiceError  # noqa: PLC0415  (the process that serves stays small)
            from service.settings import BadSettings  # noqa: PLC0415

            if isinstance(error, ServiceError | BadSettings):
                raise click.ClickException(str(error)) from error
            raise
