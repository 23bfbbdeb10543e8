# ruff: noqa: E501 (a form reads best in one line)
"""How a street and a house's number are written, in each part of the world."""

CJK = "一-龥ぁ-ヿ가-힣"
_UP = r"[A-ZÀ-ÖØ-ÞĀ-žȘȚΆ-ΏΑ-ΫЀ-ЯҐԱ-Ֆא-תء-يٱ-ۓऀ-෿฀-๿ა-ჿẠ-ỹ]"
"""What a name may begin with: a capital, or a letter of a script without capitals."""
NAME = rf"{_UP}[^\s,;:!?()\[\]{{}}\d\"<>|/=@#*_]{{0,30}}"
SMALL = r"(?:de|del|della|dello|dei|delle|degli|di|da|do|dos|das|du|des|la|le|les|los|las|el|van|von|vom|der|den|vorm|an|am|im|bei|sur|of|the|y|e|i|et|og|na|nad|pod|u|v|sous|upon|under|rue|allée?|avenue|boulevard|chemin|route|place|montée|calle|las|saint|sainte) "
_WORDS = rf"{NAME}(?: (?:{SMALL}){{0,2}}{NAME})"
_NUMBER = r"\d{1,5}(?:[-/]\d{1,4}){0,3}\s?[a-zA-Z]?(?![\w.]{0,9}\d)"
START = rf"(?<![^\W{CJK}])"
_END = rf"(?![^\W{CJK}]|['’])"
SEP = r"[, ]{1,4}"
FLAT = r"(?:(?:Apt|Apartment|Apartamento|Appartamento|Suite|Ste|Unit|Flat|Level|Floor|Lot|Bl|Sc|Ap|Edif|Depto|Piso|Puerta|lok|kv|RD|Bus|bus|Esc|Int|Local|Casa|Oficina|Torre|apartamento|Dto|Interior|Piano|Palazzo|кв|корп?|стр|к|Apto)\.? ?[\w-]{1,5}|#\d{1,5})"
MORE_FLAT = (
    r"(?:(?i:apto?|lgh|bo[iî]te|bte|sektor|sector|квартира|корпус|строение|офис|квартал|étage|apartment|apartamento|app|appt|appartement|ap|bloco|bloque|bloc|blk|bl|sc|scara|et|etaj|бл|вх|ет|ап|кв|корп?|под|подъезд|под['ʼ]їзд|эт|этаж|пов|оф|офис|стр|daire|d|kat|iç kapı|blok|rt|rw|lote?|b[âa]t|bâtiment|esc|escalier|étage"
    r"|int|interno|scala|piano|stock|top|stiege|tür|wohnung|whg|m|lok|em|ajtó|d[e]?pto|piso|pta|puerta|escalera|planta|andar|sala|conj|casa|unit|suite|floor|fl|room|rm|tầng|phòng|căn)[.:]{0,2} ?(?:[Nn]o\.? ?)?(?:\d{1,5}[A-Za-zА-я]?(?:/[A-Za-zА-я.]{0,4} ?\d{1,4})?|[A-ZА-Я]\d{0,3})"
    r"|\d{1,2}[.]? ?[ºª°]\.?(?: ?(?:[A-Z]|[Ii]zq|[Dd]cha|[Dd]to|[Ee]sq|[Cc]entro)\b\.?)?|\d{1,2}(?:n|a|r|t|er)[ ,]{1,2}\d{1,2}a|\d{1,2}\.? ?(?i:tv|th|mf|sal|og|stock|em|patro|krs|kerros|tr)\b\.?(?: ?\d{1,3})?|\d{1,2}(?:e|er|ème|º|o)? (?:étage|andar|piso)|\d{1,2}/\d{1,3}[A-Z]?)(?![^\W_])"
)
"""More ways to write a staircase, a floor and a door, right behind a house."""
MARK = r"(?:м|г|гр|с|пгт|р-н|обл|[Kk]el|[Kk]ec|[Cc]ol|jud|[Mm]ah|[Mm]un)\.? ?"
"""What is written before a place or a part of it."""
HOUSE = r"(?:n[.º°]{1,2} ?|N[°º] ?|[Nn][or]\.? ?|№ ?|Nr\.? ?|д\.? ?|буд\.? ?|бр\.? ?)?\d{1,4} ?[a-zA-Zа-я]?(?:[-/]\d{1,4}[a-z]?)?\.?"
POST_5 = r"(?:[A-Z]{1,3}-|ΤΚ )?(?:\d{5}(?:-\d{3,4})?|\d\d-\d{3}|\d{3} \d\d|\d{4}-\d{3}|\d{4} ?[A-Z]{2}|\d{8})"
POST_4 = r"(?:[A-Z]{1,3}-)?(?!19|20)\d{4}"
STATE = r"(?:A[EPAKLRSZ]|C[AOT]|D[CE]|F[LM]|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEHINOPST]|N[CDEHJMVY]|O[HKR]|P[ARW]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY])"
LAST = rf"(?:{STATE},? \d{{5}}(?:-\d{{4}})?|(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT),? \d{{4}}|[A-Z]{{1,2}}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{{2}}|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]\d[\dW] ?[A-Z\d]{{4}})(?![^\W{CJK}])"
"""What an address ends with in the United States, Australia, Britain, Canada and Ireland."""
COUNTED = r"(?:Psalm|Level|Chapter|Version|Windows|Section|Figure|Fig|Table|Page|Python|Step|Part|Top|Day|Week|Year|Round|Season|Episode|Phase|Grade|Group|Question|Answer|Number|Item|Line|Act|Scene|Volume|Vol|Article|Rule|Type|Class|Task|Test|Case|Model|Option|Order|Issue|Note|Java|Node|Ubuntu|Chrome|Room|Total|About|Over|Only|January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[.,]? \d"
"""What is counted, and is no street."""
_NOT_A_STREET = rf"(?![A-Z]{{2,6}}[, ]{{1,2}}\d)(?!{COUNTED})"

STREET = "Street|St|Avenue|Ave|Av|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Terrace|Tce|Close|Crescent|Cres|Square|Sq|Parkway|Pkwy|Circle|Cir|Highway|Hwy|Grove|Gardens|Mews|Trail|Row|Walk|Hill|Rise|View|Loop|Alley|Broadway|Nagar|Marg|Expressway|Esplanade|Parade|Quay|Freeway|Turnpike|Bypass|Mall|Boulevarde|Concourse|Promenade|Gate|Wharf|Cove|Heights|Hts|Estate"
"""What streets are called in English."""

_WARD = r"(?:[Xx]ã|[Pp]hường|[Tt]hị trấn|[Qq]uận|[Hh]uyện|[Tt]hành phố|[Tt]ỉnh|[Đđ]ường|[Pp]hố|[Nn]gõ|[Hh]ẻm|[Kk]hu|[Kk]hóm|[Tt]ổ|[Ấấ]p|TP\\.?|P\\.|Q\\.)"
"""What a ward, a district and a street are called in Vietnam."""
_SOFT = "Landing|Parkways|Gateway|Haven|Branch|Isle|Vista|Crossing|Crossroads?|Causeway|Bend|Bluffs?|Brooks?|Burgs?|Corners?|Courts|Coves|Creek|Crest|Dale|Divide|Drives|Estates|Extensions?|Fields?|Flats?|Fords?|Forges?|Forks?|Glens?|Greens?|Groves|Harbors?|Hills|Hollow|Inlet|Islands?|Junctions?|Keys?|Knolls?|Lakes?|Lights?|Lodge|Manors?|Meadows?|Mills?|Mission|Motorway|Mountains?|Neck|Orchard|Oval|Overpass|Parks?|Passage|Path|Pike|Pines?|Plains?|Plaza|Points?|Ports?|Prairie|Ramp|Ranch|Rapids?|Rest|Ridges?|River|Roads|Route|Run|Shoals?|Shores?|Skyway|Springs?|Spurs?|Squares|Station|Stravenue|Stream|Streets|Summit|Throughway|Trace|Track|Trafficway|Trail|Tunnel|Underpass|Unions?|Valleys?|Viaduct|Views|Village|Ville|Walks|Wall|Ways|Wells?|Arcade|Retreat|Circuit|Common|Fall|Falls|Camp|Cape|Cliffs?|Club|Dam|Ferry|Forest|Fort|Garden|Locks?|Loaf|Mount|Radial|Shore|Quays|Pass|Intersection|Laneway|Distributor|Alleyway|Anchorage|Approach|Brae|Bridge|Brow|Byway|Centreway|Chase|Circlet|Circus|Colonnade|Copse|Courtyard|Cross|Crossway|Cutting|Dell|Driveway|Entrance|Fairway|Footway|Foreshore|Frontage|Gates|Glade|Grange|Gully|Interchange|Lookout|Meander|Nook|Outlook|Parklands|Pathway|Piazza|Plateau|Quad|Quadrangle|Quadrant|Ramble|Reserve|Ridgeway|Riverway|Riviera|Roadway|Rotary|Siding|Slope|Strand|Subway|Thoroughfare|Tollway|Towers|Turn|Vale|Villas|Walkway|Wynd|Course|Front|Stairs|Line|Range|Reach"
"""What streets are called besides, and much else: only where an address can begin, and to where it can end."""

FORMS: dict[str, str] = {
    "number, postcode and place": rf"{START}{_NOT_A_STREET}{_WORDS}{{0,5}}(?: [^\W\d_]{{3,14}})?{SEP}{HOUSE}(?:{SEP}{FLAT}){{0,4}}(?:{SEP}{NAME}(?: (?:{SMALL})?{NAME}){{0,3}})?{SEP}(?:{POST_5}|{POST_4}),? (?:{SMALL}){{0,2}}{NAME}",
    "number, place and postcode": rf"{START}{_NOT_A_STREET}{_WORDS}{{0,5}},? {HOUSE}(?:{SEP}{FLAT}){{0,4}}{SEP}{NAME}(?: (?:{SMALL})?(?:{NAME}|\w{{2,12}})){{0,4}},{{1,2}} ?(?:[A-Z]{{2,4}} )?(?:\d{{5}}(?:-\d{{3,4}})?|\d{{7}})(?!\d)",
    "place and postcode last": rf"(?<![A-Za-z0-9_.$€£#-])(?<!\d,)(?:(?:Flat|Studio|Unit|Apt|Suite|Level) ?\d{{1,4}}[, ]{{1,3}})?\d{{1,5}}[A-Za-z]?(?:[/-]\d{{1,5}})?{SEP}(?:(?:{NAME}|{FLAT}|\d{{1,3}}(?:st|nd|rd|th)|{SMALL.rstrip()}){SEP}){{1,9}}{LAST}",
    "in with postcode": rf"(?<![A-Za-z0-9_.$€£#-])(?<!\d,)(?:[A-Z]-?|[Nn]o\. ?)?\d{{1,5}}(?:[/-]\d{{1,5}})?{SEP}(?:(?:{NAME}|\d{{1,3}}(?:st|nd|rd|th)?){SEP}){{0,7}}{NAME}(?:[- ]| - )\d{{3}} ?\d{{3}}(?!\d)",
    "place and postcode last, not latin": rf"(?<![A-Za-z0-9_.$€£#-])(?<!\d,)\d{{1,5}}(?:/\d{{1,5}})?{SEP}(?:(?![A-Z])(?:{NAME}){SEP}(?:\d{{1,4}}{SEP})?){{1,8}}\d{{5,10}}(?!\d)",
    "military": r"\b(?:(?:PSC|Unit|CMR) \d{1,5},? Box \d{1,5},? )?[AFD]PO,? A[AEP],? \d{5}\b",
    "en": rf"(?:(?:Apt|Unit|Flat|Suite|Apartment|Level|Studio)\.? ?\w{{1,5}},?[ ,])?(?<![A-Za-z0-9_.$€£#-])(?<!\d,)\d{{1,5}}[A-Za-z]?(?:[-/]\d{{1,5}})? (?:[NSEW]\.? |North |South |East |West )?(?:(?:{NAME}|\d{{1,3}}(?:st|nd|rd|th)) ){{1,4}}"
    rf"(?:{STREET})\b\.?",
    "en, rarer": rf"(?:(?<=[,:•|(/\n\"'])|(?<= from )|(?<= near )|(?<= is )|(?<=[,:•|(/] )|(?<= at )|(?<= to )|(?<=^))(?!(?:1[6-9]|20)\d\d )(?:{FLAT}{SEP})?\d{{1,5}}[A-Za-z]?(?:/\d{{1,4}})? (?:{NAME} ){{1,3}}(?:{_SOFT})(?:,? {FLAT})?(?=[,;.)|\n!?\"']|$| [•/|!-]| (?:next|this|and|or|in|on|by|before|after|near|with|for|until|RD) )",
    "flat": rf"{START}(?:Flat|Studio) ?\d{{1,4}}[A-Za-z]?{SEP}(?:(?:{NAME}|\d{{1,4}}[A-Za-z]?|{SMALL.rstrip()}){SEP}){{1,8}}{LAST}|{START}(?:Flat|Studio) ?\d{{1,4}}[A-Za-z]?, (?:{NAME} ){{1,3}}(?:{STREET}|{_SOFT})\b",
    "en in small letters": rf"(?<![A-Za-z0-9_.$€£#-])(?<!\d,)\d{{1,5}} (?:[a-z]{{3,15}} ){{1,3}}(?:{STREET.lower()})\b\.?,? (?:(?:(?:apt|unit|suite|flat)\.? ?|#)\w{{1,5}},? )?(?:[A-Za-z]{{2,15}},? ){{1,4}}(?:\d{{5}}|[A-Za-z]{{1,2}}\d[A-Za-z\d]? ?\d[A-Za-z]{{2}})\b",
    "en avenue": rf"(?<![A-Za-z0-9_.$€£#-])(?<!\d,)\d{{1,5}} (?:Avenue [A-Z]|Broadway|The {NAME})(?=,| in | at |\.|$)(?!\.\d)",
    "box": r"\b[Pp]\.? ?[Oo]\.? ?[Bb]ox \d{1,6}\b|\b(?:Postfach|Apartado(?: de [Cc]orreos)?|Casilla|Boîte postale|BP(?! ?\d+ ?/)|Casella postale|Caixa Postal|Postbus|skr\. poczt\.) \d{1,6}\b",
    "de": rf"(?:{START}{_UP}[\w.-]{{0,30}}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|chaussee|steig|graben|berg|hof|markt)|{START}(?:Am|An der|Auf der|Im|In der|Zum|Zur|Unter den|Alte[rn]?|Neue[rn]?|Obere|Untere|Große|Kleine) (?:{NAME} )?{NAME}|{START}(?:{NAME}[ -]){{1,3}}(?:Straße|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer)) {_NUMBER}{_END}(?!\s?(?:Uhr|Euro|€|%|km|\.\d))",
    "fr": rf"\b\d{{1,4}}(?: ?(?:bis|ter|quater))?,? ?(?i:rue|avenue|av\.|boulevard|bd|blvd|chemin|place|impasse|allée?|quai|route|cours|square|passage|faubourg|sentier|villa|ruelle|rang|côte|montée|promenade|terrasse|croissant|autoroute)\b (?:(?:de|du|des|la|le|les|l['’]|d['’])\s?){{0,3}}{NAME}(?:[ -](?:de |du |des |la |l['’]|d['’])?{NAME}){{0,4}}|{START}(?:rue|avenue|boulevard|chemin|place|impasse|allée|quai|route) (?:(?:de|du|des|la|le|les|l['’]|d['’])\s?){{0,3}}{NAME}(?:[ -](?:{SMALL})?{NAME}){{0,4}}{SEP}\d{{5}} {NAME}|{START}(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Cc]hemin|[Rr]oute|[Ii]mpasse|[Rr]uelle|[Ss]entier) (?:(?:de|du|des|la|le|les|l['’]|d['’])\s?){{0,3}}{NAME}(?:[ -](?:{SMALL})?{NAME}){{0,4}},? {_NUMBER}{_END}(?! ?(?:km|ans|m\b|%|€))",
    "es": rf"{START}(?:Calle|Cll?\.?|Carrera|Cra\.?|Kra?\.?|Cr\.?|Diagonal|Diag\.?|Dg\.?|Transversal|Transv\.?|Tv\.?|Avenida|Av\.?|Ac\.?|Ak\.?|[Aa]venida [Cc]alle|[Aa]venida [Cc]arrera|[Aa]v\.? [Cc]alle|[Aa]v\.? [Cc]arrera) \d{{1,3}} ?[A-Zª]{{0,2}}(?: Bis)?(?: [A-Z])?(?: Sur| Este)? ?(?:#|No\.?|N°) ?\d{{1,3}} ?[A-Z]{{0,2}}(?: Bis)? ?- ?\d{{1,3}}(?: Sur| Este)?(?!\d)|{START}(?:Calle|calle|C/|Avenida|avenida|Avda?\.?|Av\.|Plaza|plaza|Paseo|paseo|Camino|Carrera|Cra\.?|Ronda|Travesía|Jirón|Jr\.|Pasaje|Glorieta|Cuesta|Vía|Vial|Acceso|Pasadizo|Urbanización|Diagonal|Callejón|Calz\.|Calzada|Boulevard|Bulevar|Rambla|Circuito|Retorno|Cerrada|Andador|Circunvalación|Corredor|Eje|Periférico|Viaducto|Peatonal|Ampliación|Privada|Prolongación|Continuación|Eje vial|Cañada|Blv\.?|Bv\.?) ?(?:(?:de|del|la|las|los|el) ){{0,3}}(?:{NAME}|\d{{1,3}})(?: (?:de |del |la |las |los |y ){{0,3}}{NAME}){{0,4}},? ?(?:n[.º°o]{{1,2}} ?|N[°º] ?|núm\.? ?|número |# ?)?{_NUMBER}(?:-\d{{1,4}})?(?: Sur| Este)?{_END}",
    "it": rf"{START}(?:Via|via|Viale|viale|Piazza|piazza|Corso|corso|Vicolo|Largo|Strada|Piazzale|Contrada|Lungo\w{{1,12}}|Borgo|Salita|Rotonda|Canale|Calle|Traversa|Incrocio|Stretto|Rampa|Galleria|Località) (?:(?:di|del|della|dei|delle|degli|dell['’]|d['’]|la) ?){{0,2}}{NAME}(?: (?:di |del |della |dei |delle |degli ){{0,2}}{NAME}){{0,4}},? ?(?:n\.? ?)?{_NUMBER}{_END}",
    "pt": rf"{START}(?:Rua|rua|R\.|Avenida|Av\.?|Travessa|Praça|Praceta|Alameda|Rodovia|Estrada|Largo|Beco|Viela|Ladeira|Vila|Conjunto|Parque|Passarela|Núcleo|Favela|Setor|Área|Lagoa|Lago|Loteamento|Quadra|Residencial|Sítio|Trecho|Trevo|Vale|Vereda|Via|Viaduto|Morro|Feira|Fazenda|Esplanada|Distrito|Condomínio|Colônia|Chácara|Campo|Aeroporto|Jardim|Estação|Recanto|Pátio|Calçada|Urbanização) (?:(?:de|da|do|das|dos) )?{NAME}(?: (?:de |da |do |das |dos |e )?{NAME}){{0,5}},? ?(?:(?:n[.º°o]{{0,2}} ?)?{_NUMBER}|S/N){_END}",
    "nl": rf"{START}{_UP}[\w'’.-]{{0,30}}(?:straat|laan|weg|plein|gracht|kade|dijk|singel|steeg|hof|dreef|pad|markt|ring|baan|plantsoen|boulevard|lei) {_NUMBER}(?:-\w{{1,3}})?{_END}",
    "pl": rf"{START}(?:ul\.|ulica|ulicy|al\.|aleja|alei|os\.|osiedle|pl\.|plac) ?{NAME}(?: {NAME}){{0,3}} (?:\d{{1,4}}(?: ?[a-zA-Z](?![\w.]))?(?:[-/]\d{{1,4}})? ?(?:m\.?|lok\.?) ?\d{{1,4}}|{_NUMBER}){_END}",
    "cz": rf"{START}(?:(?:ulic[eia]|nám\.|náměstí|třída) {NAME}(?: {NAME})?|{NAME}(?:ská|cká|ova)) {_NUMBER}{_END}",
    "hu": rf"{START}{NAME}(?: \w{{2,20}})? (?:utca|út|útja|tér|tere|körút|köz|sétány|u\.) \d{{1,4}}\.?",
    "ro": rf"{START}(?:Str\.|Strada|strada|Bd\.|Bdul\.|Bulevardul|Calea|Aleea|[SȘ]oseaua|Intrarea|Splaiul|Pia[țt]a|Drumul) {NAME}(?: {NAME}){{0,4}}(?:,? ?[Nn]r\.? ?{_NUMBER}{_END}(?: {{1,2}}{FLAT}){{0,4}}|{SEP}{NAME}{SEP}\d{{6}}(?!\d))",
    "ru": rf"{START}(?:г\. ?{NAME}, ?)?[А-ЯЁІЇЄ][\w-]{{2,30}} (?:проспект|улица|переулок|бульвар|шоссе|набережная|площадь|проезд|вулиця|бульвар),? ?(?:д\.? ?|дом )?\d{{1,4}}(?:/\d{{1,4}})?(?:, ?\d{{1,4}}(?!\d))?|{START}(?:(?:г|п|с|д|к|ст|клх|пгт|дер|пос|город|село)\.? [А-ЯЁ][\w.()-]{{1,30}}(?: [\w.()-]{{1,20}}){{0,3}}, )?(?:ул\.?|улиц[аеы]|пр\.|пр-т|просп\.|проспект|пер\.|переул(?:ок|ке)|провулок|бул\.|б-р|бульвар|ш\.|шоссе|шосе|наб\.|набережная|набережна|пл\.|площадь|площа|алл\.|аллея|алея|узвіз|тупик|проезд|проїзд|линия|вул\.|вулиця) ?[„\"«]?(?:[А-ЯЁЇІЄҐ0-9][\w.-]{{0,30}}\s?){{1,4}}[“\"»]?,? ?(?:д\.|дом|буд\.|б\.|№)? ?\d{{1,4}}\w?(?:/\d{{1,4}})?(?:,? ?(?:корп?\.|стр\.|к\.) ?\d{{1,4}}(?:/\d{{1,4}})?)?(?:,? ?(?:кв\.|квартира|оф\.) ?\d{{1,4}})?(?:, ?[А-ЯЁЇІЄҐ][\w'’ʼ -]{{1,30}})?(?:, ?\d{{5,6}}(?!\d))?|{START}[А-ЯЁЇІЄҐа-яёїієґ][\w'’ʼ.-]{{1,30}}(?: [\w'’ʼ.-]{{1,30}}){{1,3}}, ?(?:буд\.|будинок|дом|д\.) ?\d{{1,4}}(?:, ?[А-ЯЁЇІЄҐ][\w'’ʼ -]{{1,30}})?(?:, ?\d{{5,6}}(?!\d))?",
    "house": rf"{START}(?:The )?{NAME}(?: {NAME}){{0,2}},? (?:{NAME} ){{1,3}}(?:{STREET}),(?: {NAME},?){{1,4}} [A-Z]{{1,2}}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{{2}}(?![^\W_])",
    "bg": r"(?<!\w)(?:ж\.? ?к\.?|кв\.|бул\.|ул\.) ?[„\"]?[А-Я][\w -]{1,30}[“\"]?,? (?:бл\.|№) ?\d{1,4}\w?(?:, ?(?:вх|ет|ап)\. ?[\w]{1,3}){0,3}(?:, ?(?:гр\. ?)?[А-Я]\w{2,20}(?: \d{4}(?!\d))?)?",
    "balt": rf"{START}{NAME}(?: {NAME}){{0,2}} (?:iela|prospekts|bulvāris|šoseja|gatve|gatvė|g\.|pr\.|prospektas|plentas|tänav|tn|mnt|maantee|puiestee|pst|tee) \d{{1,4}}[A-Za-z]?(?:[-/]\d{{1,4}})?{_END}(?:,? (?:{NAME},? )?(?:LV|LT)-\d{{4,5}}(?: {NAME})?)?",
    "yu": rf"{START}(?:Bulevar|Ulica|Ul\.|Trg|Булевар|Улица|Трг)(?: [^\W\d_]{{2,20}}){{1,4}} (?:br\. ?)?\d{{1,4}}[a-zа-я]?{_END}",
    "unit": rf"{START}(?:Unit|Rm\.?|Room|Flat|Suite|House) ?(?:No\.? ?|# ?)?\d\w{{0,4}}, (?:(?:{NAME}|\d{{1,3}}),? ){{0,5}}(?:{STREET}|Road \d{{1,3}}|Sector [\w/-]{{1,5}}),(?: {NAME},?){{1,3}}(?: \d{{4,6}}(?!\d))?",
    "rooms": rf"{START}{NAME}(?: {NAME}){{0,3}} \d{{2,5}},? (?:[Pp]iso|PB|[Dd]e?pto\.?) ?\d{{1,2}}(?: (?:dto\.?|depto\.?)? ?[\"']?[A-Z](?![^\W_]))?",
    "brasilia": r"\b(?:SQ[NS]|CL[NS]|SH[A-Z]{2}|QN[A-Z]|SC[LR]N) \d{1,3} (?:Bloco|Conjunto|Bl\.?|Conj\.?) [A-Z0-9]{1,2}\b",
    "nordic": rf"{START}(?:{_UP}[\w-]{{0,30}}(?:gatan|vägen|gränd|torget|stigen|backen|vej|gade|stræde|allé|veien|gata|vegen|gate|plassen|faret|ringen|åsen|bakken|stubben|haugen|kroken|svingen|bulevardi|puistikko|katu|tie|kuja|polku|raitti|ranta|vegur|stræti|braut|gerði|tún|hlíð)|{NAME} (?:vei|gate|vej|plass|väg|gata|plads|torv|tie|katu|Allé|Alle)) {_NUMBER}{_END}",
    "tr": rf"{START}(?:{NAME} ){{1,4}}(?:Mah(?:\.|allesi)?|Cad(?:\.|desi)?|Sok(?:\.|ak|ağı)?|Sk\.|Bulvarı|Blv\.|Caddesi)(?:[ ,]+(?:(?:{NAME}|\d{{1,4}}\.) ?){{0,4}}(?:Cad(?:\.|desi|de)?|Sok(?:\.|ak|ağı)?|Sk\.|Bulvarı)?)?[ ,]*No ?[:.]? ?\d{{1,4}}(?:/\d+)?(?: {NAME}(?: {NAME})? ?/ ?{NAME})?",
    "vn": rf"{START}(?:[Ss]ố )?\d{{1,4}}(?:/\d{{1,4}}){{0,4}}[A-Z]?,? (?=[^\n]{{0,80}}(?<![^\W\d_]){_WARD}(?![^\W\d_]))(?:(?:{_WARD}|[A-ZĐÀ-Ỹ][^\W\d_]{{0,12}}|\d{{1,5}})[,. ]{{1,2}}){{1,16}}(?:[A-ZĐÀ-Ỹ](?![A-Z])[^\W\d_]{{1,12}}|\d{{1,6}}(?!\d))|(?:{START}(?:[Ss]ố )?\d{{1,4}}(?:/\d{{1,4}}){{0,4}}[A-Z]? (?:[Đđ]ường|[Pp]hố|[Nn]gõ|[Hh]ẻm) (?:[A-ZĐÀ-Ỹ0-9]\w{{0,12}} ?){{1,4}}|{START}(?:[Ss]ố )?\d{{1,4}}(?:/\d{{1,4}}){{1,4}} (?:[A-ZĐÀ-Ỹ]\w{{1,12}},? ){{1,5}}(?:xã|phường|quận|huyện|P\.|Q\.|TP)[^\n]{{0,40}})",
    "id": rf"{START}(?:Jl\.?|Jalan|Jln\.?|Gg\.|Gang) (?:{NAME} ){{1,4}}(?:(?:Kav|Blok|KM)\.? ?\w{{1,4}},? )?(?:[Nn]o\.? ?){_NUMBER}{_END}",
    "jp": r"〒\d{3}-?\d{4}|[一-龥]{2,3}[都道府県][一-龥ぁ-んァ-ヶ]{1,10}[市区町村郡][^\s、。]{0,20}?\d{1,4}(?:丁目|番地?|号|-)\d{0,4}(?:[-番]\d{1,4}){0,3}(?:号室?|室)?(?: [ァ-ヶー一-龥]{2,14}\d{1,4})?|[一-龥]{1,4}市[一-龥]{1,4}区[一-龥]{0,3}\d{1,2}条[東西]?\d{1,2}丁目(?:\d{1,3}(?:-\d{1,3})?)?(?: ?[ァ-ヶー一-龥]{2,14}\d{1,4}(?:号室)?)?|[一-龥]{1,5}[市区町][一-龥ぁ-んァ-ヶ]{1,10}\d{1,3}(?:丁目|-)\d{1,4}(?:[-番]\d{1,4}){0,3}",
    "cn": r"(?:(?<![\w.-])\d{3}(?:\d\d)? ?)?(?:[一-龥]{2,8}(?:省|市|区|县|縣|區))?[一-龥]{1,12}(?:路|街|大道|道|巷|弄|胡同|段)(?:(?:[一二三四五六七八九十]|\d{1,2})段)?(?:\d{1,4}[巷弄]){0,2}(?: ?\d{1,5} ?[号號弄]|[A-Za-z]座)(?:之\d{1,3})?(?:之\d{1,3})?(?:院|园|苑|花园|小区|大厦)?(?: ?[一-龥]{0,8}(?:\d{1,4}|[A-Z]) ?(?:号楼|单元|[栋棟幢座楼樓室期区區层層院户戶])){0,5}(?:之\d{1,3})?(?:[一-龥]{2,6}(?=\d{3,4}(?!\d)))?(?:\d{2,4}(?!\d)室?)?(?: \d{6}(?!\d))?",
    "kr": r"(?:[가-힣]{1,8}(?:시|도|구|군) ?){1,3}[가-힣0-9]{1,12}(?:로|길|대로|거리|가)(?: ?\d{1,4}번?길)? ?(?:지하)?\d{1,4}(?:-\d{1,4})?(?:,? ?(?:[가-힣]{1,10} ?)?(?:\d{1,4}동 ?)?\d{1,4}[호층])?(?: \([가-힣]{2,14}\))?|[가-힣]{2,8}동 \d{1,4}(?:-\d{1,4})?번지|(?:[가-힣]{2,8}(?:시|도) ){1,2}(?:[가-힣]{1,6}[구군] )?[가-힣0-9]{1,6}[동읍면리가] \d{1,4}(?:-\d{1,4})?(?:번지)?(?:,? ?[가-힣]{0,10} ?\d{1,4}동 ?\d{1,4}호)?",
    "az": rf"{START}(?:{NAME} (?:rayonu|ray\.|şəhəri|ş\.),? )?(?:{NAME} (?:qəsəbəsi|kəndi|qəs\.),? )?(?:[\w.-]{{2,20}} ){{1,3}}(?:küç\.?|küçəsi|prospekti|pr\.)(?:,? ?(?:b\.|bina|ev|m\.|mənzil) ?\d{{1,4}}[A-Za-z]?){{1,3}}{_END}",
    "am": r"[քգ]\. [Ա-Ֆա-և-]{2,20}, ?(?:[Ա-Ֆա-և]{2,20} մարզ, ?)?(?:\d{4}, ?)?[Ա-Ֆա-և ]{2,30} \d{1,4}(?:, ?բն\. ?\d{1,3})?|[Ա-Ֆ][ա-և]{2,20}(?: [Ա-Ֆա-և]{2,20}){0,2} (?:փող\.|փողոց|պող\.|պողոտա) ?\d{1,4}",
    "ge": r"[ა-ჰ.-]{2,20}(?: [ა-ჰ.-]{2,20}){0,3} (?:ქ\.|ქუჩა|გამზ\.|გამზირი|ჩიხი|შეს\.) ?(?:N|№)? ?\d{1,4}(?:, ?[ა-ჰ]{2,20})?",
    "bd": r"(?:বাসা|হোল্ডিং|ফ্ল্যাট|বাড়ি)(?: নং)?[ -]{0,2}\d{1,4}[,، ][^\n\"।;]{4,90}",
    "ph": rf"{START}(?:Block|Blk\.?|B) ?\d{{1,3}},? (?:Lot|L) ?\d{{1,3}},? {NAME}(?:[ ,]{{1,2}}(?:{NAME}|\d{{1,4}}(?:st|nd|rd|th)?)){{0,10}}",
    "my": rf"{START}(?:(?:No|Lot)\.? ?)?\d{{1,4}}[A-Z]?, ?(?:Jalan|Jln\.?|Lorong|Persiaran|Lebuh\w{{0,4}}) (?:{NAME} ?){{1,4}}(?:\d{{1,3}}(?:/\d{{1,3}}[A-Z]?)?)?",
    "za": rf"(?<![A-Za-z0-9_.$€£#-])(?<!\d,)\d{{1,5}} (?:{NAME} ){{1,3}}(?:Straat|Weg|Laan|Rylaan|Indlela|Isitaladi|Umgwaqo|Ithafa)\b",
    "cl": rf"{START}{NAME}(?: (?:{SMALL})?{NAME}){{0,4}} \d{{1,5}}(?: (?:Of\.|Oficina|Piso|Depto\.?|Casa) ?\d{{1,4}}[A-Z]?)?{SEP}{NAME}(?: (?:{SMALL})?{NAME}){{0,3}}, Región (?:\w{{2,12}} ){{0,3}}{NAME}|{START}(?:Ruta|Carretera) [A-Z]{{0,2}}-?\d{{1,4}},? [Kk]m\.? ?\d{{1,4}}",
    "in": rf"{START}(?:H\.? ?No\.?|(?:House|Holding|Building) (?:No\.?|#)|Flat No\.?|Plot No\.?|Door No\.?|D\.No\.?) ?[\w/-]{{1,10}}(?:{SEP}(?:{NAME}|\d{{1,4}}|[A-Z]-?\d{{1,3}}(?:/\d{{1,2}})?)){{2,8}}(?:[- ]\d{{3}} ?\d{{3}})?",
    "sg": rf"{START}(?:Blk|Block|BLK) ?\d{{1,4}}[A-Z]?,? (?:{NAME} ){{1,4}}(?:\d{{1,3}},? ?)?#\d{{2}}-\d{{2,4}}[A-Z]?(?:,? (?:Singapore|S) ?\(?\d{{6}}\)?)?",
    "hi": r"(?:मकान|घर|फ्लैट|प्लॉट|भवन|क्वार्टर) (?:नंबर|नं\.?|संख्या|सं\.?|क्र\.?) ?[\dA-Z/-]{1,8}(?:, ?[\u0900-\u097f0-9. -]{2,30}){1,5}",
    "ar": r"شارع [\u0621-\u064a]{2,20}(?: [\u0621-\u064a]{2,20}){0,3} \d{1,4}(?=[،,])(?:[،,] ?[\u0621-\u064a]{2,15}(?: [\u0621-\u064a\d]{1,15}){0,2}(?![\u0621-\u064a])){0,4}|(?:\d{1,4} )?شارع [\u0621-\u064a]{1,20}(?: [\u0621-\u064a]{1,20}){0,3}[،, ]{1,3}(?:رقم |مبنى |بناية |عمارة )\d{1,4}|\d{1,4} (?:شارع|نهج|طريق|زنقة|حي|بلدية) [\u0621-\u064a]{1,20}(?: [\u0621-\u064a]{1,20}){0,2}|(?:خیابان|کوچه|بلوار) [\u0621-\u06cc ]{2,40}[،, ]{1,3}(?:پلاک|شماره) ?\d{1,4}",
    "he": r"[א-ת][א-ת\"'-]{1,15}(?: [א-ת][א-ת\"'-]{1,15}){0,2} \d{1,3}(?:, ?דירה \d{1,3})?,? ?(?:תל[ -]אביב|ירושלים|חיפה|באר[ -]שבע|ראשון לציון|פתח[ -]תקווה|אשדוד|נתניה|חולון|בני ברק|רמת[ -]גן|הרצליה|כפר סבא|רעננה|רחובות|מודיעין|גבעתיים)|(?:רחוב|רח'|שדרות|שד') [א-ת\"' -]{2,30} \d{1,3}|[א-ת][א-ת\"'-]{1,15}(?: [א-ת][א-ת\"'-]{1,15}){0,3} \d{1,3}, ?[א-ת][א-ת\"' -]{1,25},? ?\d{5,7}(?!\d)",
    "th": r"\d{1,4}(?:/\d{1,4})? ?(?:หมู่|ม\.|ถ\.|ถนน|ซอย|ซ\.|ต\.|ตำบล|แขวง)[^\n]{1,80}?\d{5}(?!\d)",
    "gr": rf"{START}(?:οδό[ςν]?|Οδός|Λεωφόρος|Λεωφ\.|Πλατεία|λεωφόρο) {NAME}(?: {NAME}){{0,3}} {_NUMBER}",
}
"""Part of the world: how a street and a number are written there."""

GATES: dict[str, str] = {
    "number, postcode and place": r"[, ](?:[A-Z]{1,3}-|ΤΚ )?(?:\d{5}(?:-\d{3,4})?|\d\d-\d{3}|\d{3} \d\d|\d{4}-\d{3}|\d{4} ?[A-Z]{2}|\d{8}|\d{4}),? [A-Za-z\x{80}-\x{10ffff}]",
    "number, place and postcode": r"[, \n](?:\d{5}|\d{7})(?:-\d|[^\d]|$)",
    "place and postcode last": r"[, \n](?:[A-Z]{2,3},? \d{4}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]\d[\dW] ?[A-Z\d]{4})",
    "in with postcode": r"[- ]\d{3} ?\d{3}\b",
    "place and postcode last, not latin": r"[^\x00-\x7f][, \n]{1,3}\d{5}",
    "military": r"[AFD]PO,? A[AEP]",
    "en": rf"[ ,\n](?:{STREET})\b",
    "en, rarer": rf" (?:{_SOFT})\b",
    "flat": r"\b(?:Flat|Studio) ?\d",
    "en in small letters": rf" (?:{STREET.lower()})\b",
    "en avenue": r"\d (?:Avenue|Broadway|The )",
    "box": r"[Bb][Oo][Xx] \d|Postfach|Apartado|Casilla|Boîte|\bBP \d|Casella|Caixa|Postbus|poczt",
    "de": r"(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|chaussee|steig|graben|berg|hof|markt|Straße|Str\.|Weg|Platz|Allee|Gasse|Ring|Damm|Ufer) \d|\b(?:Am|An der|Auf der|Im|In der|Zum|Zur|Unter den|Alte[rn]?|Neue[rn]?|Obere|Untere|Große|Kleine) [A-ZÄÖÜ]",
    "fr": r"\d{5} [A-Z]|\d ?,? ?(?:bis|ter|quater)?,? ?(?i:rue|avenue|av|boulevard|bd|blvd|chemin|place|impasse|allée|quai|route|cours|square|passage|faubourg|sentier|villa|ruelle|rang|côte|montée|promenade|terrasse|croissant|autoroute)\b|\b(?i:rue|avenue|boulevard|chemin|route|impasse|ruelle|sentier) ",
    "es": r"\b(?:[Cc]alle|C/|[Aa]venida|Avda|Av\.|[Pp]laza|[Pp]aseo|Camino|Carrera|Cra|Ronda|Travesía|Jirón|Jr\.|Pasaje|Glorieta|Cuesta|Vía|Vial|Acceso|Pasadizo|Urbaniz|Diagonal|Callejón|Calz|Boulevard|Bulevar|Rambla|Circu|Retorno|Cerrada|Andador|Corredor|Eje|Peri|Viaducto|Peatonal|Ampli|Privada|Prolongación|Continuación|Cañada|Blv|Bv)|#|No\.? ?\d|N°",
    "it": r"\b(?:(?:[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso|Vicolo|Largo|Strada|Piazzale|Contrada|Borgo|Salita|Rotonda|Canale|Calle|Traversa|Incrocio|Stretto|Rampa|Galleria|Località) |Lungo)",
    "pt": r"\b(?:[Rr]ua|R\.|Avenida|Av\.?|Travessa|Praça|Praceta|Alameda|Rodovia|Estrada|Largo|Beco|Viela|Ladeira|Vila|Conjunto|Parque|Passarela|Núcleo|Favela|Setor|Área|Lago|Lotea|Quadra|Reside|Sítio|Trecho|Trevo|Vale|Vereda|Via|Morro|Feira|Fazenda|Esplanada|Distrito|Condomínio|Colônia|Chácara|Campo|Aeroporto|Jardim|Estação|Recanto|Pátio|Calçada|Urbaniz)",
    "nl": r"(?:straat|laan|weg|plein|gracht|kade|dijk|singel|steeg|hof|dreef|pad|markt|ring|baan|plantsoen|boulevard|lei) \d",
    "pl": r"\b(?:ul\.|ulica|ulicy|al\.|aleja|alei|os\.|osiedle|pl\.|plac)",
    "cz": r"\b(?:ulic[eia]|nám|třída)|(?:ská|cká|ova) \d",
    "hu": r"(?:utca|út|útja|tér|tere|körút|köz|sétány|u\.) \d",
    "ro": r"[Nn]r\.? ?\d|Str\.|Strada|strada|Bd|Bulev|Calea|Aleea|oseaua|Intrarea|Splai|Pia|Drumul",
    "ru": r"(?:ул|пр|пр-т|просп|пер|бул|ш|наб|пл|вул|алл)\.? ?[„\"«]?[А-ЯЁІЇЄҐ\d]|улиц|проспект|переул|провулок|бульвар|шосс?е|набережн|площ|аллея|алея|узвіз|тупик|про[еї]зд|линия|вулиця|, ?(?:буд|будинок|дом|д)\.? ?\d",
    "house": rf" (?:{STREET}),[^\n]{{2,60}} [A-Z]{{1,2}}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{{2}}",
    "bg": r"(?:бл\.|№) ?\d",
    "balt": r" (?:iela|prospekts|bulvāris|šoseja|gatve|gatvė|g\.|pr\.|prospektas|plentas|tänav|tn|mnt|maantee|puiestee|pst|tee) \d",
    "yu": r"Bulevar|Ulica|Ul\.|Trg|Булевар|Улица|Трг",
    "unit": r"\b(?:Unit|Rm\.?|Room|Flat|Suite|House) ?(?:No\.? ?|# ?)?\d\w{0,4}, ",
    "rooms": r"\d,? (?:[Pp]iso|PB|[Dd]e?pto\.?) ?\d",
    "brasilia": r"\b(?:SQ[NS]|CL[NS]|SH[A-Z]{2}|QN[A-Z]|SC[LR]N) \d",
    "nordic": r"(?:gatan|vägen|gränd|torget|stigen|backen|vej|gade|stræde|allé|veien|gata|vegen|gate|plassen|faret|ringen|åsen|bakken|stubben|haugen|kroken|svingen|bulevardi|puistikko|katu|tie|kuja|polku|raitti|ranta|vegur|stræti|braut|gerði|tún|hlíð|vei|plass|väg|plads|torv|Allé|Alle) \d",
    "tr": r"No ?[:.]? ?\d",
    "vn": r"(?:ường|hố|gõ|ẻm|ã|rấn|uận|uyện|ỉnh|hu|TP\\.?|P\\.|Q\\.) ?[^a-z\\s]|\d/\d",
    "id": r"\b(?:Jl|Jalan|Jln|Gg|Gang)\b",
    "jp": r"〒\d|[市区町村郡][^ 、。]*\p{Nd}",
    "cn": r"[路街道巷弄同段](?: ?\d|[A-Za-z]座|[一二三四五六七八九十]段)",
    "kr": r"[로길리가동읍면] ?(?:지하)?\d",
    "az": r"küç|prospekti|\bpr\.",
    "am": r"[քգ]\. |փող|պող",
    "ge": r"ქ\.|ქუჩა|გამზ|ჩიხი|შეს\.",
    "bd": r"বাসা|হোল্ডিং|ফ্ল্যাট|বাড়ি",
    "ph": r"(?:Block|Blk\.?|\bB) ?\d{1,3},? (?:Lot|L) ?\d",
    "my": r"\d[A-Z]?, ?(?:Jalan|Jln|Lorong|Persiaran|Lebuh)",
    "za": r" (?:Straat|Weg|Laan|Rylaan|Indlela|Isitaladi|Umgwaqo|Ithafa)\b",
    "cl": r"Región|\b(?:Ruta|Carretera) [A-Z]{0,2}-?\d",
    "in": r"\b(?:H\.? ?No|(?:House|Holding|Building) (?:No|#)|Flat No|Plot No|Door No|D\.No)",
    "sg": r"#\d\d-\d\d",
    "hi": r"मकान|घर|फ्लैट|प्लॉट|भवन|क्वार्टर",
    "ar": r"شارع|نهج|طريق|زنقة|حي|بلدية|خیابان|کوچه|بلوار",
    "he": r"[א-ת][א-ת\"'-]{1,15}(?: [א-ת][א-ת\"'-]{1,15}){0,2} \d{1,3}(?:, ?דירה \d{1,3})?,? ?(?:תל[ -]אביב|ירושלים|חיפה|באר[ -]שבע|ראשון לציון|פתח[ -]תקווה|אשדוד|נתניה|חולון|בני ברק|רמת[ -]גן|הרצליה|כפר סבא|רעננה|רחובות|מודיעין|גבעתיים)|[א-ת] \d",
    "th": r"หมู่|ม\.|ถ\.|ถนน|ซอย|ซ\.|ต\.|ตำบล|แขวง",
    "gr": r"[οΟ]δό|εωφ|Πλατεία",
}
"""For each form, what must be there for it to be tried: one look at a text for all of them."""

SAID_WORDS = (
    "(?:(?:home|postal|mailing|shipping|billing|street|delivery|my|his|her|our|their) )?address(?: is| was)?", "(?:live|lives|lived|living|reside|resides|staying) (?:at|on)",
    "(?:ship|send|deliver|mail|post|bring|drive|come|go|moved?) (?:it |them |this |the (?:package|parcel|order|letter) |everything )?to", "located at", "street(?:[ _]?address)?[\"']?\\s?[:=]", "str(?:aße|asse)[\"']?\\s?[:=]", "(?:billing|shipping|home)_address", "addr(?:ess)?_?(?:line)?_?1", "my addr(?: is)?", "i'm at", "house is at", "(?:at|to) my place", "pick (?:me|us|him|her) up (?:from|at)", "(?:house|flat|apartment|property|landlord) (?:at|of)", "wohn(?:e|en|t|haft) (?:in|am|an|auf)?", "anschrift", "adresse", "wohnhaft",
    "habite(?:nt|ns)?(?: au| à)?", "domicili\\w{1,4}", "vivo en", "vive en", "domicilio", "direcci[oó]n", "abito (?:in|a)", "indirizzo", "residente", "moro (?:na|no|em)", "endere[cç]o", "morada", "woon (?:op|in|aan)", "adres\\w{0,4}",
    "mieszkam", "mieszka", "bor (?:p[åa]|i)", "adress(?:en)?", "osoite", "asun", "bydl[ií]m", "adresa", "lakcím\\w{0,3}", "locuiesc", "oturuyorum", "alamat", "tinggal di", "địa chỉ", "sống ở", "адрес\\w{0,2}", "живу", "проживаю", "адреса", "διεύθυνση", "μένω",
    "住址", "地址", "住在", "住所", "주소", "사는 곳", "عنوان", "أسكن", "آدرس", "כתובת", "גר ב", "पता", "रहता", "ที่อยู่", "ঠিকানা", "მისამართი", "հասցե",
)  # fmt: skip
"""What says that an address follows."""
