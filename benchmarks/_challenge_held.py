# ruff: noqa: E501 (a form reads best in one line)
"""Wordings, addresses of the web and vendors that only the half which nobody mended by is filled with."""

from string import ascii_letters, ascii_lowercase, digits

_ALNUM = ascii_letters + digits
_HEX = "0123456789abcdef"

ACCOUNTS: dict[str, tuple[str, ...]] = {
    "en": (
        "my Wells Fargo account number is {10}", "sort-code {2} {2} {2} acc {8}", "my bank acc {8} ({2}-{2}-{2})", "ABA 121000248 / account {12}", "transit 00{3} institution 003 account {7}",
        "bank a/c: {11}", "NAB account number {9}, BSB 08{1}-{3}", "deposit to account {10} please", "acct# {9}",
    ), "de": ("Konto {7} bei der Sparkasse, BLZ 37050198", "meine Kontonr. ist {8}"), "fr": ("n° de compte {11}", "numéro de compte : {11}"), "es": ("número de cuenta {10}", "nº de cuenta corriente {10}"),
    "pt": ("conta corrente {5}-{1}, agência {4}", "Conta: {6}-{1} Ag: {4}"), "it": ("c/c n. {12}",), "pl": ("nr konta {26}",), "ru": ("номер счёта 40817{15}", "счет получателя 40817810{12}"),
    "zh": ("开户行招商银行，账号{16}", "银行账户{19}"), "ja": ("口座：三菱UFJ銀行 普通 {7}",), "ko": ("신한은행 110-{3}-{6}", "입금 계좌 {3}-{4}-{4}-{2}"), "vi": ("tài khoản ngân hàng {12}", "stk vietcombank {10}"),
    "id": ("no rekening: {10}", "rekening mandiri {13}"), "sv": ("clearingnr {4} kontonr {7}",), "nl": ("rekening {9}",), "tr": ("hesap numaram {8}",),
}  # fmt: skip
BIRTHS: dict[str, tuple[str, ...]] = {
    "en": ("my birthdate is |{mon} {d} {y}", "D.O.B |{m}/{d}/{y}", "birth date = |{y}/{m:02}/{d:02}", "my bday is |{mon} {d}, {y}", "\"date_of_birth\": \"|{y}-{m:02}-{d:02}", "dob=|{y}-{m:02}-{d:02}", "i was born |{d} {mon} {y}"),
    "de": ("Geb.-Datum |{d}.{m}.{y}", "mein Geburtstag ist der |{d}. {mon} {y}", "geb. am |{d:02}.{m:02}.{y}"),
    "fr": ("Né(e) le : |{d:02}/{m:02}/{y}", "mon anniversaire est le |{d} {mon} {y}"),
    "es": ("F. Nac.: |{d:02}/{m:02}/{y}", "nacido el |{d} de {mon} de {y}", "mi cumpleaños es el |{d} de {mon} de {y}"),
    "it": ("sono nata il |{d} {mon} {y}", "nato a Roma il |{d:02}/{m:02}/{y}"), "pt": ("nascido em |{d:02}/{m:02}/{y}", "Nasc.: |{d:02}/{m:02}/{y}"),
    "nl": ("geb. |{d:02}-{m:02}-{y}", "mijn geboortedatum is |{d} {mon} {y}"), "pl": ("ur. |{d:02}.{m:02}.{y}", "urodziłam się |{d} {mon} {y}"), "sv": ("jag är född |{y}-{m:02}-{d:02}",),
    "ru": ("родилась |{d} {mon} {y}", "д.р. |{d:02}.{m:02}.{y}", "день рождения |{d:02}.{m:02}.{y}"), "tr": ("doğum günüm |{d} {mon} {y}", "doğumlu: |{d:02}.{m:02}.{y}"),
    "zh": ("生于|{y}年{m}月{d}日", "出生年月日：|{y}.{m:02}.{d:02}"), "ja": ("誕生日は|{y}年{m}月{d}日",), "ko": ("생일은 |{y}년 {m}월 {d}일",), "vi": ("ngày tháng năm sinh: |{d:02}/{m:02}/{y}",),
    "cs": ("narozen |{d}. {m}. {y}", "datum narození: |{d}. {m}. {y}"), "fi": ("syntymäaika |{d}.{m}.{y}",), "id": ("tanggal lahir |{d:02}-{m:02}-{y}",), "uk": ("дата народження |{d:02}.{m:02}.{y}",),
    "hu": ("születési idő: |{y}.{m:02}.{d:02}",), "ro": ("data nașterii |{d:02}.{m:02}.{y}",), "el": ("ημερομηνία γέννησης |{d:02}/{m:02}/{y}",), "da": ("født |{d:02}-{m:02}-{y}",),
}  # fmt: skip
URLS: tuple[str, ...] = (
    "https://gitlab.com/{user}", "https://www.pinterest.com/{user}/", "https://bsky.app/profile/{user}.bsky.social", "https://mastodon.social/@{user}", "https://soundcloud.com/{user}",
    "https://stackoverflow.com/users/1234567/{user}", "https://www.threads.net/@{user}", "https://vk.com/{user}", "https://www.twitch.tv/{user}", "https://dev.to/{user}", "https://www.snapchat.com/add/{user}",
    "https://open.spotify.com/user/{user}", "https://www.behance.net/{user}", "https://www.kaggle.com/{user}", "https://steamcommunity.com/id/{user}", "https://www.youtube.com/c/{user}", "https://{user}.tumblr.com/",
    "https://shop.{user}.net/?sid={token}", "https://in.{user}.net/x?password={token}", "https://a.{user}.com/cb?code=1&auth={token}", "https://b.{user}.com/f?X-Amz-Signature={token}&x=1",
    "https://us02web.zoom.us/j/88912345678?pwd={token}", "https://c.{user}.org/verify?key={token}", "https://d.{user}.dev/?session_id={token}",
)  # fmt: skip
KEYS: dict[str, tuple[str | tuple[str, int], ...]] = {
    "azure storage": ("AccountKey=", (_ALNUM + "+/", 86), "=="), "hubspot": ("pat-na1-", (_HEX, 8), "-", (_HEX, 4), "-", (_HEX, 4), "-", (_HEX, 4), "-", (_HEX, 12)), "elevenlabs": ("sk_", (_HEX, 48)),
    "buildkite": ("bkua_", (_HEX, 40)), "contentful": ("CFPAT-", (_ALNUM, 43)), "dynatrace": ("dt0c01.", ("ABCDEFGHIJ234567", 24), ".", ("ABCDEFGHIJ234567", 64)), "easypost": ("EZAK", (_ALNUM, 54)),
    "flutterwave": ("FLWSECK-", (_HEX, 32), "-X"), "plaid": ("access-production-", (_HEX, 8), "-", (_HEX, 4), "-", (_HEX, 4), "-", (_HEX, 4), "-", (_HEX, 12)), "pulumi": ("pul-", (_HEX, 40)),
    "razorpay": ("rzp_live_", (_ALNUM, 14)), "readme": ("rdme_", (ascii_lowercase + digits, 70)), "brevo": ("xkeysib-", (_HEX, 64), "-", (_ALNUM, 16)), "shippo": ("shippo_live_", (_HEX, 40)),
    "tailscale": ("tskey-auth-", (_ALNUM, 16), "-", (_ALNUM, 32)), "typeform": ("tfp_", (_ALNUM, 59)), "resend": ("re_", (_ALNUM, 8), "_", (_ALNUM, 24)), "jina": ("jina_", (_HEX, 32), (_ALNUM, 28)),
    "e2b": ("e2b_", (_HEX, 40)), "apify": ("apify_api_", (_ALNUM, 36)), "firecrawl": ("fc-", (_HEX, 32)), "terraform": ((_ALNUM, 14), ".atlasv1.", (_ALNUM, 67)), "clickup": ("pk_", (digits, 8), "_", ("ABCDEFGHIJKLMNOP0123456789", 32)),
    "1password": ("ops_eyJ", (_ALNUM, 300)), "launchdarkly": ("sdk-", (_HEX, 8), "-", (_HEX, 4), "-", (_HEX, 4), "-", (_HEX, 4), "-", (_HEX, 12)), "github app": ("ghs_", (_ALNUM, 36)), "gitlab runner": ("glrt-", (_ALNUM, 20)),
    "slack app": ("xapp-1-A", (_ALNUM, 10), "-", (digits, 13), "-", (_HEX, 64)), "cohere": ("COHERE_API_KEY=", (_ALNUM, 40)), "mistral": ("mistral api key: ", (_ALNUM, 32)), "datadog": ("DD_API_KEY=", (_HEX, 32)),
    "cloudflare": ("CLOUDFLARE_API_TOKEN=", (_ALNUM, 40)), "aws secret": ("aws_secret_access_key = ", (_ALNUM + "/+", 40)), "together": ("together_api_key: ", (_HEX, 64)), "okta": ("Authorization: SSWS 00", (_ALNUM, 40)),
}  # fmt: skip
TEXTS: tuple[tuple[str, str], ...] = (
    ("any", "follow me: <<url>>"), ("any", "here's the link <<url>>, summarise the page"), ("any", "source: <<url>>\nlicence: MIT"), ("any", "[profile](<<url>>)"), ("any", "{\"homepage\": \"<<url>>\"}"),
    ("any", "Send it to <<wallet>> (my wallet)"), ("any", "{\"to\": \"<<wallet>>\", \"value\": 12}"), ("any", "donations: <<wallet>>"), ("any", "tx from <<wallet>> to <<wallet>> pending"),
    ("en", "meet me at <<coordinates>>"), ("any", "home_location: <<coordinates>>"), ("en", "location (lat, lon): <<coordinates>>"), ("any", "arp: <<mac>> is at port 3"), ("any", "deny ip host <<ip>> any"),
    ("any", "secret = '<<secret>>'  # prod"), ("any", "git remote add origin https://oauth2:<<secret>>@gitlab.com/x/y.git"), ("any", "the key i use is <<secret>>, it says quota exceeded"), ("any", "headers = {'x-api-key': '<<secret>>'}"), ("any", "<<secret>>\n\nexplain"),
    ("en", "login <<email>> / <<password>> for the portal"), ("de", "Passwort: <<password>>, Benutzer <<email>>"), ("fr", "mot de passe : <<password>>"), ("ja", "パスワードは<<password>>です"), ("ko", "비밀번호: <<password>>"), ("any", "password: \"<<password>>\""), ("any", "PGPASSWORD=<<password>> psql"), ("en", "my gmail password is <<password>>"),
    ("es", "mi coche tiene matrícula <<plate>>"), ("it", "la mia auto è targata <<plate>>"), ("nl", "kenteken <<plate>>"), ("en", "License plate: <<plate>>"), ("pt", "placa do carro: <<plate>>"), ("de", "amtl. Kennzeichen: <<plate>>"),
    ("en", "<<account>>"), ("en", "Please pay <<account>> by Friday"), ("de", "Bitte auf <<account>> zahlen"), ("fr", "mon <<account>>"), ("zh", "<<account>>"), ("ja", "<<account>>"), ("ru", "<<account>>"), ("id", "<<account>>"), ("tr", "<<account>>"), ("nl", "<<account>>"), ("ko", "<<account>>"), ("vi", "<<account>>"),
    ("en", "<<birth>>, compute my age"), ("de", "<<birth>> in Köln"), ("fr", "<<birth>> à Lyon"), ("es", "<<birth>>"), ("it", "<<birth>>, calcola l'età"), ("ru", "<<birth>>, гороскоп"), ("zh", "<<birth>>，算命"), ("ja", "<<birth>>。占って"), ("ko", "<<birth>> 사주"), ("tr", "<<birth>>"), ("vi", "<<birth>> tử vi"),
    ("cs", "<<birth>>"), ("fi", "<<birth>>"), ("id", "<<birth>>"), ("uk", "<<birth>>"), ("hu", "<<birth>>"), ("ro", "<<birth>>"), ("el", "<<birth>>"), ("da", "<<birth>>"), ("pt", "<<birth>>"), ("nl", "<<birth>>"), ("pl", "<<birth>>"), ("sv", "<<birth>>"),
    ("en", "deliver to <<address>> before noon"), ("en", "Our new place: <<address>>. Write an invitation."), ("en", "route from <<address>> to the airport"), ("en", "Mailing address: <<address>>"), ("any", "addr=\"<<address>>\""), ("any", "<<name>>, <<address>>"), ("de", "Lieferadresse: <<address>>"), ("fr", "livrez au <<address>> svp"),
    ("es", "mi dirección es <<address>>"), ("pt", "endereço: <<address>>"), ("vi", "nhà ở <<address>>"), ("zh", "寄到<<address>>"), ("zh", "收货地址：<<address>>"), ("ja", "〒送り先 <<address>>"), ("ru", "прописан: <<address>>"), ("id", "kirim ke <<address>>"), ("uk", "адреса: <<address>>"),
    ("en", "Phone (mobile): <<phone>>"), ("en", "txt me <<phone>>"), ("en", "<<name>> - <<phone>>"), ("any", "\"tel\":\"<<phone>>\""), ("any", "phone_number=<<phone>>&sms=1"), ("fr", "appelle-moi au <<phone>>"), ("id", "WA <<phone>>"), ("pt", "whatsapp <<phone>>"), ("es", "llámame al <<phone>>"), ("zh", "微信同号<<phone>>"), ("it", "chiamami al <<phone>>"),
    ("any", "number <<bareid>>, whose is it"), ("any", "<<bareid>>\n<<bareid>>"), ("any", "{\"doc\": \"<<bareid>>\"}"), ("any", "is <<id>> ok?"), ("any", "<<iban>>"), ("any", "<<card>>"), ("any", "card: <<card>>, exp 09/28"),
)  # fmt: skip
"""Written after the first run, before anything was mended: all of the half that is held."""
