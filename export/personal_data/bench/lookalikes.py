# ruff: noqa: E501 (a form reads best in one line)
"""What looks like personal data and is none. # is a random digit."""

LOOKALIKES = [
    "Upgrade numpy from 1.2#.# to 2.0.# before you run it.", "Chrome 1##.0.4###.1## crashes on start.", "pi is 3.14159265358979 and e is 2.71828182845904",
    "see doi 10.1###/s4158#-021-0####-2 for details", "ISBN 978-0-13-4#####-# is on the list", "The meeting is on 2024-0#-1# at 1#:3#.", "commit 9fceb02d0ae598e95dc970b7476####8c1a0f1b2 broke it",
    "order number 10######### has not shipped", "uuid 123e4567-e89b-12d3-a456-42661417####", "unix timestamp 17########", "The server listens on 192.168.#.1# port 80##", "docker run -p 127.0.0.1:5###:5### image",
    "Write to user@example.com or admin@example.org", "test with card 4111 1111 1111 1111, exp 12/2#", "population grew from 1,2##,### to 3,4##,###", "arXiv:2305.1#### has the proof", "call 555-01## in the movie",
    "export OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "replace YOUR_API_KEY with your token", "password: ********", "Einstein was born on March 14, 1879 in Ulm.", "He lived at 221B Baker Street.",
    "The White House is at 1600 Pennsylvania Avenue.", "compute 12345## * 98765## + 4###", "embedding [0.12345#, -0.98765#, 0.45678#]", "CVE-2023-4#### affects it", "1##.## EUR plus 19% VAT", "from 1914-1918 to 1939-1945",
    "MAC 00:11:22:33:44:55 is an example", "the ratio is 16:9 at 1920x10#0", "RGB(12#, 45, 2##) or #a1b2c#", "The flight takes 1# hours and costs $1,###.", "key-value pairs: key = item.value", "token = get_token(request.user)",
    "const password = process.env.DB_PASSWORD;", "Set the secret to a random string of 32 characters.", "phone models 2023: 12 Pro, 13 Pro, 14 Pro", "line 10#### in file app.py:3##", "2001:db8::8a2e:370:7### is for documentation", "ping 8.8.8.8 or 1.1.1.1",
    "x = [10#, 20#, 30#, 40#, 50#, 60#]", "std::vector<int>::iterator it = v.begin();", "The score was 21-19, 18-21, 22-20.", "sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852####", "GDP per capita 4#,###.## USD (2022)", "it weighs 1####.5 kg and is 12#.75 cm long",
    "Chapter 12, Section 4.3.2.1, page 1##", "Napoleon was born 15 August 1769", "ticket #10###### is closed", "invoice 2024-00#### is due 30.0#.2024", "@app.route('/users/<id>') def user(id): pass", "import me@2x.png into the project", "git clone git@github.com:org/repo.git",
    "https://github.com/pandas-dev/pandas/issues/1####", "https://www.youtube.com/watch?v=a#b#c#d#e#f", "https://example.com/?token=YOUR_TOKEN_HERE", "solve 2x + 3y = 1# and 4x - 5y = 2#", "the answer is 6.02214076e23 or 1.380649e-23", "bus 7# leaves at 07:1#, 08:2# and 09:3#",
    "5 Best Ways to Drive Traffic in 202#", "Top 10 Places to Visit in Paris", "There are 24 Hours in a Day", "Call me Ishmael. 1851 was a good year for 12 Angry Men.",
    "3#.5°C in the shade", "The password must have 8 characters, 1 digit and 1 sign.", "tracking number 1Z99#AA1012345678#", "Model XJ-9##0-B costs 3##", "seed 123456789 gives 0.######", "0xdeadbeef and 0x7fff5fbff8#0",
    "NGC 12## and M3# are galaxies; RA 05 34 31.9#", "phone: (123) 456-7890 as a placeholder", "SSN 123-45-6789 is a fake number", "Contact: name@domain.com", "IBAN like DE89 3704 0044 0532 0130 00 in the manual", "BTC genesis 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
]  # fmt: skip
