"""What a visitor reads on the leaderboard."""

from arena.leaderboard import CATEGORY_NAMES

EMPTY = "Not enough votes yet. Fight a few battles, and the standings appear here."
HOW_TO = (
    "Ratings come from blind battles alone: 400 points more mean odds of ten to one, and the average is 1000. "
    "The interval holds the true rating with 95% confidence, so models whose intervals overlap may well be equal."
)
READ = "How to read this table"
READING = (
    ("Rank", "The place by rating alone. Equal ratings share the better place."),
    (
        "Places",
        "Which places the votes leave open: 2 to 5 means that one model at least is surely better, and all behind the "
        "fifth place are surely worse, at 95% for each comparison. Go by this rather than by the rank.",
    ),
    ("Rating", "How strong a model is, from whom it beat and lost to; not from how often it was shown."),
    ("95% interval", "How sure the rating is. It gets half as wide with four times as many votes."),
    ("Votes", "Battles of this model that count. A tie is half a win for each side."),
    ("Rated", "Wins and losses link the model both ways to the others, so that it can be compared with them."),
    ("Provisional", "It has only won, or only lost, against the rated models: only a bound can be told."),
    ("Unrated", "Nothing can be said of it yet; the reason stands beside it."),
    ("Price", "US dollars for a million tokens, read and written."),
    (
        "Style held equal",
        "How long an answer is and how it is laid out can win votes by itself. There the ratings are those that are "
        "left when both answers of each battle look alike.",
    ),
)
UNRATED = "not enough votes yet"
VOTES = "Votes that count so far: {votes:,}"
VOTES_OF = "Votes that count here so far: {votes:,} of {of_votes:,} (the newest of those whose answers are known)"
AS_OF = "as of {day} UTC"
FIGURES_AS_OF = "Figures {when}"
CATEGORY = "Category"
OVERALL = "All votes"
STYLE = "Style"
STYLES = {False: "As voted", True: "Style held equal"}
STYLED = "What length and layout of an answer do to its votes is taken out"
COLUMNS = {
    "rank": "Rank",
    "model": "Model",
    "rating": "Rating",
    "interval": "95% interval",
    "places": "Places",
    "votes": "Votes",
    "organisation": "Organisation",
    "licence": "Licence",
    "price": "Price",
    "status": "Status",
}
CAPTION = "{category}: {models} models, best first"
SEARCH = "Search models, organisations and licences"
SHOWN = "{n} of {all} models are shown"
NONE = "No model fits the search."
DOWNLOAD = "Download this board:"
FILES = {"csv": "CSV", "json": "JSON", "parquet": "Parquet"}
SITE = "All boards as pages of their own"

OWN = "Your own votes"
OWN_FEW = (
    "After {needed} votes in battles you see here how you voted, model by model. You have {votes} so far: {left} to "
    "go. Nobody else sees it."
)
OWN_SAID = (
    "Your {votes:,} votes in battles, counted; nobody else sees this. So few votes say little of the models: the last "
    "column holds what chance leaves open, at 95%. Whom a model met matters too, and is not taken into account."
)
OWN_CAPTION = "How you voted, by model"
OWN_COLUMNS = ("Model", "Won", "Lost", "Tied", "Share", "Could be")


def category_name(category: str) -> str:
    """Return what a category is called where people read it."""
    if category.startswith("language="):
        return category.removeprefix("language=")
    return CATEGORY_NAMES.get(category) or category.replace("_", " ").capitalize()
