"""Sentences that the page compares, and questions that it asks the posts."""

COMPARED = (
    "A cat sits on the window sill.",
    "The kitten looks out into the garden.",
    "The bank raised its interest rates again.",
)
QUESTIONS = (
    "My screen stays dark when I switch the machine on.",
    "Which team will win the championship this season?",
    "How much does it cost to bring a satellite up there?",
    "My child has had a fever for three days.",
    "Should citizens be allowed to carry weapons?",
    "I have an old amplifier to sell, shipping included.",
)
