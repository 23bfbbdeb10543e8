"""Every word of the site that does not come from a board."""

from arena.leaderboard import CATEGORY_NAMES

TITLE = "Leaderboard"
SKIP = "Skip to the standings"
BOARDS = "Boards"
CATEGORIES = "Category"
STYLE = "Style"
AS_VOTED = "As voted"
STYLE_EQUAL = "Style held equal"
BOARD_NAMES = {"overall": "All votes", **CATEGORY_NAMES}

STANDINGS = "Standings"
LEAD = "{votes} votes among {models}."
UNTIL = "The newest vote is of {day}."
SHORT = (
    "A difference of 400 points means that the better model wins ten times as often as it loses; 0 points, that both "
    "are equally good. The average of the rated models is {centre}. The true rating lies within the interval with 95% "
    "confidence, so neighbours whose intervals overlap may well be equal: look at the places a model may hold."
)
ANCHORED = "All ratings are moved so that {model} has {rating}."
READ = "How to read this table"
READING = (
    ("Rank", "The place by rating alone. Equal ratings share the better place."),
    (
        "Places",
        "Which places the votes leave open, from the differences between the models: 2 to 5 means that one model at "
        "least is surely better, and all models behind the fifth place are surely worse (95% for each comparison).",
    ),
    ("Rating", "How strong a model is, estimated from whom it beat and lost to, not from how often it was shown."),
    ("95% interval", "How sure the rating is. It gets half as wide with four times as many votes."),
    ("Votes", "Battles of this model that count. A tie is half a win for each."),
    ("Rated", "Wins and losses link the model both ways to the others, so that it can be compared with them."),
    (
        "Provisional",
        "It has only won, or only lost, against the rated models: only a bound on its rating can be told.",
    ),
    ("Unrated", "It has not met a rated model yet, or nothing follows from its battles; the reason stands beside it."),
)
PRICE = "US dollars for a million tokens, read and written."
SEARCH = "Search models, organisations and licences"
CLEAR = "Clear"
CAPTION = "{category}: {models}, best first"
COLUMNS = {
    "rank": "Rank",
    "model": "Model",
    "rating": "Rating",
    "interval": "95% interval",
    "places": "Places",
    "battles": "Votes",
    "organisation": "Organisation",
    "licence": "Licence",
    "price": "Price",
    "status": "Status",
}
STATUS = {"rated": "rated", "provisional": "provisional", "unrated": "unrated"}
DOWNLOADS = "Download this board"
NOTHING = "No votes count here yet."

INTERVALS = "Ratings and their intervals"
INTERVALS_SAID = (
    "Where two bars do not overlap, the order of the two models is as good as sure. Where they do, it may not be."
)
MAP = "Who beats whom"
MAP_SAID = (
    "Each cell tells how often the model of the row did better than the model of the column, in percent of their "
    "battles; a tie is half. Few battles say little: the fewer, the paler the cell. An empty cell: the two never met."
)
MAP_CAPTION = "How often the row beats the column, in percent: {models}, the first by rating"
MET_MAP = "How often they met"
MET_CAPTION = "How often the two met: {models}, the first by rating"
NO_PAIRS = "This board does not tell which models met. Make the site from the votes, or from a folder with pairs.csv."
SHARE = "Win rate, %"
MET = "Battles"
HOW_MANY = "Models"
COVERAGE = "How well the pairs are covered"
COVERAGE_SAID = (
    "{met} of {all} pairs of models have met ({share}); half of those met at most {median}. Models that never "
    "met are compared through others."
)
COVERAGE_CAPTION = "Pairs of models by the number of their battles"
BATTLES = "Battles of each model"
BATTLES_CAPTION = "Battles that count, by model"
TIME = "Ratings over time"
TIME_SAID = "The ratings at the end of each period, from all votes until then: the first {models} of today."
TIME_PLAIN = "They are Bradley–Terry ratings of the votes as cast, whatever those in the table take into account."
TIME_CAPTION = "Ratings at the end of each period"
EFFECTS = "What style does"
EFFECTS_SAID = (
    "How the looks of an answer change its chances. A factor of 1.30 means: an answer that is one standard deviation "
    "further ahead of the other in this feature has odds of winning that are 1.30 times as high, models being equal."
)
EFFECTS_CAPTION = "Effects of style on the odds of winning"
OTHER_EFFECTS = "What else sways votes"
OTHER_EFFECTS_SAID = (
    "Read like the effects of style, beside which they are estimated. A factor below 1 for the seconds taken: the "
    "slower answer wins less often. One below 1 for another language: so does an answer in another one than the "
    "question. That of the left side is by how much the odds are better there. The ratings are not changed by them."
)
OTHER_EFFECTS_CAPTION = "Effects of the side, speed and language on the odds of winning"
FEATURES = {
    "length": "Length",
    "chars": "Characters",
    "tokens": "Tokens",
    "headers": "Headings",
    "lists": "List entries",
    "bold": "Bold passages",
    "code": "Blocks of code",
    "emoji": "Emoji",
    "speed": "Seconds taken",
    "language": "In another language",
    "position": "Shown on the left",
}
"""What is counted of an answer; features of other names are read as they are."""
NO_EFFECT_YET = "The ratings above are as voted: these effects are in them."
EFFECT_HELD = "In the ratings above these effects are taken out."
CHECKS = "How much to trust it"
MADE = "How this board was made"
DATA_TABLE = "The same as a table"
ONE_MODEL = "One model"
SCRIPT_WORDS = {
    "shown": "{n} of {all} models are shown",
    "clear": CLEAR,
    "search": SEARCH,
    "share": SHARE,
    "met": MET,
    "models": HOW_MANY,
    "view": "Show",
    "first": "first {n}",
    "close": "Close",
    "opponents": "Against each other model it met, most battles first",
    "opponent": "Opponent",
    "battles": "Battles",
    "won": "Won",
    "lost": "Lost",
    "tied": "Tied",
    "rate": "Win rate",
    "expected": "Expected",
    "mapShare": "How often the row beats the column, in percent",
    "mapMet": "How often the two met",
    "time": "Its rating at the end of each period",
    "period": "Period",
    "rating": "Rating",
    "cell": "{a} against {b}: {share} of {n} battles",
    "none": "No model fits the search.",
}
"""What the site's script says."""


def many(number: int, what: str) -> str:
    """Return a number with what it counts: `1 model`, `2 models`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def category_name(category: str) -> str:
    """Return what a category is called where people read it."""
    if category.startswith("language="):
        return category.removeprefix("language=")
    return BOARD_NAMES.get(category) or category.replace("_", " ").strip().capitalize() or category


def rounded(value: float, digits: int = 0) -> str:
    """Return a number with so many digits after the point, and never a negative nothing."""
    said = f"{value:.{digits}f}"
    return said.removeprefix("-") if float(said) == 0 else said
