"""What models claim about their own errors, and whether that may be believed. Free of numerics."""

from __future__ import annotations

from al_core.labelling.messages import ModelReply, ModelRequest
from al_core.measures.stopping import ERROR_BOUND


class Claims:
    """The claim of the latest model, and what was found about its learner's claims.

    Only a claim is checked: that takes five more fits, and a large expected error claims nothing.
    """

    def __init__(self) -> None:
        self.unchecked: ModelRequest | None = None
        """What the latest model learnt, when it claims something that was not checked yet."""
        self.believed = False
        """Whether what the latest model expects may be believed."""
        self._learner = ""

    def made(self, request: ModelRequest, reply: ModelReply) -> None:
        """A model has come; what was found about another learner says nothing about it."""
        claims = reply.expected_error is not None and reply.expected_error <= ERROR_BOUND
        self.unchecked = request if claims else None
        self.believed = self.believed and claims and request.spec.learner == self._learner
        self._learner = request.spec.learner

    def checked(self, claim: ModelRequest, holds: bool) -> None:
        """Take in what `al_core.labelling.model.claim_holds` found."""
        if claim.spec.learner == self._learner:
            self.believed = holds
        if claim is self.unchecked:
            self.unchecked = None
