from payments.models.claim import Claim, ClaimDecision, ClaimLine, Receipt
from payments.models.offer import Offer, OfferChoice
from payments.models.pay_run import PaymentResult, PayRun, PayRunItem, ResultsFile
from payments.models.payee import ApprovalLimit, Payee
from payments.models.policy import (
    CostCode,
    ExpenseRule,
    GroupCostCode,
    PaymentPolicy,
    PolicyVersion,
    RateRule,
)

__all__ = [
    "ApprovalLimit",
    "Claim",
    "ClaimDecision",
    "ClaimLine",
    "CostCode",
    "ExpenseRule",
    "GroupCostCode",
    "Offer",
    "OfferChoice",
    "PayRun",
    "PayRunItem",
    "Payee",
    "PaymentPolicy",
    "PaymentResult",
    "PolicyVersion",
    "RateRule",
    "Receipt",
    "ResultsFile",
]
