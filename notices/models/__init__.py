"""What is? Imported from here; the files are by noun."""

from notices.models.bounces import Bounce, Suppression, SuppressionQuerySet, is_suppressed
from notices.models.deliveries import NAMESPACE, TOLD, Delivery, DeliveryEvent, DeliveryQuerySet
from notices.models.life import Heartbeat
from notices.models.readers import NoticePreference
from notices.models.relay import JournalMark, RelayedMail

__all__ = [
    "NAMESPACE",
    "TOLD",
    "Bounce",
    "Delivery",
    "DeliveryEvent",
    "DeliveryQuerySet",
    "Heartbeat",
    "JournalMark",
    "NoticePreference",
    "RelayedMail",
    "Suppression",
    "SuppressionQuerySet",
    "is_suppressed",
]
