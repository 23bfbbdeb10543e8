"""Addresses on the web that name a person or let somebody in: profiles, passwords, tokens."""

import re
from collections.abc import Iterator

from export.personal_data.placeholders import is_placeholder
from export.personal_data.span import Kind, Recogniser, Span

_CREDENTIALS = re.compile(
    r"(?<![A-Za-z0-9+.-])[a-z][a-z0-9+.-]{1,20}://(?P<user>[^\s:/@?#]{1,80}):(?P<word>[^\s/@]{1,120})@[^\s<>\"')]+"
)
_TOKEN = re.compile(
    r"(?i)(?<![A-Za-z0-9_])(?:https?|wss?)://[^\s<>\"')]{1,400}?[?&#](?:(?:access_?token|id_?token|auth(?:_?token)?|token|api_?key|key|sig(?:nature)?|session(?:_?(?:id|key))?|sid|jwt"
    r"|pass(?:word|wd)?|pwd|secret|reset_?token|invite|x-amz-signature|x-goog-signature)="
    r"|(?:code|otp|ticket|verification|confirmation)=(?=[\w%./-]{20})(?=[\w%./-]{0,40}\d)(?=[\w%./-]{0,40}(?-i:[a-z])))(?P<word>[^&\s<>\"')#⺀-\uffff]{8,})[^\s<>\"')⺀-\uffff]*"
)
_FEED = re.compile(r"(?i)https?://[^\s<>\"')]{1,200}/private-[0-9a-f]{20,}[^\s<>\"')]*")
"""A calendar that whoever has the address may read."""
_NO_PASSWORD = re.compile(
    r"(?i)^(?:my|the|some|db|user)?[_-]?(?:pass(?:word|wd|phrase|code)?|pwd?|secret|token|tiger|postgres|root|admin|guest|hunter2|p@ss\w{0,6})\d{0,4}$"
)
_PROFILE = re.compile(
    r"(?i)(?<![A-Za-z0-9_])(?:https?://)?(?:www\.|m\.|[a-z]{2}\.)?(?:"
    r"linkedin\.com/in/|facebook\.com/(?:profile\.php\?id=)?|fb\.com/|instagram\.com/|(?:twitter|x)\.com/|tiktok\.com/@|youtube\.com/@"
    r"|t\.me/|reddit\.com/u(?:ser)?/|snapchat\.com/add/|vk\.com/|github\.com/|gitlab\.com/|medium\.com/@|soundcloud\.com/"
    r"|pinterest\.com/|twitch\.tv/|steamcommunity\.com/(?:id|profiles)/|(?:paypal\.me|venmo\.com|cash\.app)/[$@]?"
    r"|stackoverflow\.com/users/\d+/|behance\.net/|dribbble\.com/|kaggle\.com/|dev\.to/|calendly\.com/|goodreads\.com/(?:user/show/)?|open\.spotify\.com/user/|last\.fm/user/|strava\.com/athletes/|letterboxd\.com/|patreon\.com/|ko-fi\.com/|linktr\.ee/|keybase\.io/|about\.me/|quora\.com/profile/|leetcode\.com/u/|codeforces\.com/profile/|codepen\.io/|bitbucket\.org/|hackerrank\.com/|researchgate\.net/profile/|orcid\.org/|xing\.com/profile/|zhihu\.com/people/|ok\.ru/|youtube\.com/(?:c|user)/|flickr\.com/(?:people|photos)/|vimeo\.com/user|onlyfans\.com/|roblox\.com/users/|chess\.com/member/|lichess\.org/@/|news\.ycombinator\.com/user\?id=|wa\.me/\+?|line\.me/ti/p/|weibo\.com/u/|bsky\.app/profile/|threads\.net/@|mastodon\.social/@)"
    r"(?P<user>[A-Za-z0-9_.%-]{2,59}[A-Za-z0-9_%-])/?(?:(?<=/)status/\d{1,20}|(?![A-Za-z0-9_/.%-]{0,80}[A-Za-z0-9_/%-]))"
    r"|(?<![A-Za-z0-9_])(?:https?://)?(?:www\.)?(?:medium\.com|tiktok\.com|youtube\.com|threads\.(?:net|com)|mastodon\.social|substack\.com)/@(?P<handle>[A-Za-z0-9_.-]{2,59})/[^\s<>\"')\]]{1,200}"
)
_NOBODY = re.compile(
    r"(?i)^(?:user(?:name)?|example|me|login|home|about|search|explore|settings|features|pricing|help|share\w*|intent|watch"
    r"|groups?|pages?|events?|marketplace|trending|topics|hashtag|privacy|terms|legal|jobs|company|feed|policies|docs|blog"
    r"|openai|google|microsoft|facebook|meta|huggingface|anthropic|nasa|apache|python|torvalds|bbc|cnn|nytimes|johndoe|janedoe|john-doe|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22})$"
)


def _spans(text: str) -> Iterator[Span]:
    for form in (_CREDENTIALS, _TOKEN):
        for match in form.finditer(text):
            word = match["word"]
            if not is_placeholder(word) and not _NO_PASSWORD.match(word):
                yield Span(*match.span(), Kind.URL, "credentials" if form is _CREDENTIALS else "token")
    if "/private-" in text:
        for match in _FEED.finditer(text):
            yield Span(*match.span(), Kind.URL, "token")
    for match in _PROFILE.finditer(text):
        user = match["user"] or match["handle"]
        if not _NOBODY.match(user) and not is_placeholder(user):
            yield Span(*match.span(), Kind.URL, "profile")


RECOGNISER = Recogniser(
    Kind.URL,
    r"(?i)://[^\s/@]+@|/private-[0-9a-f]{20}|[?&#][\w-]{0,16}(?:token|key|jwt|sig|signature|session|sid|pass|password|passwd|pwd|secret|auth|id|invite|code|otp|ticket|verification|confirmation)="
    r"|linkedin|facebook|fb\.com|instagram|twitter|x\.com|tiktok|youtube\.com/@|t\.me|reddit|snapchat|vk\.com|github"
    r"|gitlab|medium\.com|soundcloud|pinterest|twitch|steamcommunity|paypal\.me|venmo|cash\.app|stackoverflow|weibo|bsky|threads|mastodon|behance|dribbble|kaggle|dev\.to|calendly|goodreads|spotify|last\.fm|strava|letterboxd|patreon|ko-fi|linktr|keybase|about\.me|quora|leetcode|codeforces|codepen|bitbucket|hackerrank|researchgate|orcid|xing\.|zhihu|ok\.ru|youtube|flickr|vimeo|onlyfans|roblox|chess|ycombinator|wa\.me|line\.me|substack|tumblr",
    _spans,
)
