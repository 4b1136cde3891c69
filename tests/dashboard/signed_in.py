"""Owners of sessions, for tests that have no server."""

from satispy.accounts import Role
from satispy.dashboard.door.permits import Permits
from satispy.errors import Forbidden
from satispy.visits import ROLES, Visitor


def permits(role: Role) -> Permits:
    visitor = Visitor("visit", "anne", role)

    def look_up(_: str, wanted: Role) -> Visitor:
        if ROLES.index(wanted) > ROLES.index(role):
            raise Forbidden(f"this takes the role {wanted}")
        return visitor

    return Permits(visitor, look_up)


ADMIN, USER = permits("admin"), permits("user")
