"""Who plays in the demo: fictional organisations and people, with names as real ones look."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Player:
    """An organisation: language of its name, country (ISO 3166) or scope, kind, and who speaks for it."""

    name: str
    language: str
    country: str
    kind: str
    people: tuple[str, ...]
    acronym: str = ""
    category: str = "member"


LONG = (
    "Fédération internationale des paysannes et paysans pour une terre sans restes explosifs et pour le droit au retour"
)

# The first twelve sit on the steering committee, in this order; the second name is the alternate.
PLAYERS = (
    Player("Åpne Marker", "nb", "NOR", "ngo", ("Ingrid Solheim", "Amal Haddad-Berg")),
    Player("Fundación Campos Abiertos", "es", "COL", "ngo", ("Lucía Restrepo Arango", "Julián Ospina"), "FCA"),
    Player("Xieng Khouang Survivors’ Circle", "en", "LAO", "network", ("Bounmy Phommachanh", "Khamla Sisouk")),
    Player("جمعية الأرض الآمنة للتنمية الريفية", "ar", "LBN", "ngo", ("Rana Khoury", "Sami Nassar")),
    Player(
        "Association des agricultrices du Sahel", "fr", "MLI", "network", ("Aïssata Traoré", "Fanta Coulibaly"), "AAS"
    ),
    Player("Bündnis Freie Felder e. V.", "de", "DEU", "ngo", ("Jörg Pfeiffer", "Miriam Oduya")),
    Player("ရွာလယ်ကွင်း ဖွံ့ဖြိုးရေးအသင်း", "my", "MMR", "ngo", ("Khin Sandar Oo",)),
    Player("開かれた畑の会", "ja", "JPN", "ngo", ("Mori Haruka", "Ishida Ken")),
    Player("Rede Terra Cuidada", "pt", "AGO", "network", ("Domingos Kapitango", "Teresa Lukamba")),
    Player("Відкрите поле", "uk", "UKR", "ngo", ("Oksana Marchuk", "Taras Hnatiuk")),
    Player("Zambia Rural Health Forum", "en", "ZMB", "ngo", ("Chanda Mwila", "Mutale Banda"), "ZRHF"),
    Player("Pacific Fields Trust", "en", "NZL", "ngo", ("Hana Whaanga", "Sione Tupou"), "PFT"),
    Player(LONG, "fr", "international", "network", ("Solange Mbarga",), "FIPTR"),
    Player(
        "International Council of Prosthetists for Rural Care", "en", "international", "network", ("Elena Marchetti",)
    ),
    Player("Αγρός Χωρίς Φόβο", "el", "GRC", "ngo", ("Νίκη Παππά",)),
    Player("নিরাপদ মাঠ ফোরাম", "bn", "BGD", "ngo", ("Farzana Akter",), "NMF"),
    Player("Quảng Trị Safe Paddies Group", "vi", "VNM", "ngo", ("Lê Thị Hạnh",)),
    Player("열린들판시민연대", "ko", "KOR", "union", ("박서연",)),
    Player("Sisters of the Meadow", "en", "IRL", "faith", ("Bríd Nolan",)),
    Player("Tarımda Güven Derneği", "tr", "TUR", "ngo", ("Elif Yıldız",), "TGD"),
    Player("खेत सुरक्षा मञ्च", "ne", "NPL", "network", ("सुनिता गुरुङ",)),
    Player("Terre Sûre Sénégal", "fr", "SEN", "ngo", ("Mame Diarra Sow",)),
    Player("Collectif Terres Vives", "fr", "CIV", "network", ("Kouassi Adjoua",)),
    Player("Moana Clear Ground", "en", "FJI", "ngo", ("Losalini Vakatale",)),
    Player("Red Campesina del Istmo", "es", "PAN", "network", ("Marisol Quintero",)),
    Player("Comité de Mujeres Rurales del Chaco", "es", "PRY", "ngo", ("Ramona Benítez",)),
    Player("Observatório do Campo", "pt", "BRA", "academic", ("João Sant’Anna",)),
    Player("Prairie Peace Lutherans", "en", "USA", "faith", ("Ruth Lindahl",)),
    Player("Champs Libres Québec", "fr", "CAN", "ngo", ("Étienne Gagnon",)),
    Player("Pole Bez Strachu", "pl", "POL", "ngo", ("Żaneta Wójcik",)),
    Player("Slobodna Polja", "bs", "BIH", "ngo", ("Đenana Hodžić",)),
    Player("Mezőink Jövője Alapítvány", "hu", "HUN", "ngo", ("Győző Szűcs",)),
    Player("Campi Aperti", "it", "ITA", "network", ("Chiara D’Amico",)),
    Player("Dehqonlar Ittifoqi", "uz", "UZB", "union", ("Nodira Karimova",)),
    Player("مزارع بلا ألغام", "ar", "IRQ", "ngo", ("Zainab al-Jubouri",)),
    Player("جمعية حقول السلام", "ar", "YEM", "ngo", ("Arwa Saleh",)),
    Player("حقوق الفلاحات", "ar", "MAR", "ngo", ("Naïma El Fassi",)),
    Player("Amhara Farmers’ Mutual", "am", "ETH", "union", ("Tigist Alemu",)),
    Player("Mashamba Salama", "sw", "KEN", "ngo", ("Wanjiru Kamau",)),
    Player("Mashamba Salama", "sw", "TZA", "ngo", ("Neema Mushi",)),
    Player("Rural Women Nigeria", "en", "NGA", "network", ("Ngozi Okafor",), "RWN"),
    Player("Fambidzano Yevarimi", "sn", "ZWE", "union", ("Tendai Moyo",)),
    Player("ทุ่งนาปลอดภัย", "th", "THA", "ngo", ("สมหญิง ศรีสุข",)),
    Player("ស្រែសុវត្ថិភាព", "km", "KHM", "ngo", ("ចាន់ សុខា",)),
    Player("Bukid na Ligtas", "tl", "PHL", "network", ("Maria Luz Dimaculangan",)),
    Player("开放田野研究所", "zh", "CHN", "academic", ("林 晓梅",), "", "associate"),
    Player("Institute for Rural Law", "en", "CHE", "academic", ("Beat Zurbriggen",), "IRL", "associate"),
    Player("Friends of the Harvest", "en", "GBR", "other", ("Imogen Ashworth",), "", "endorser"),
)

CONSTITUENCIES = (
    "Europe",
    "Americas",
    "Affected people",
    "Western Asia",
    "Western Africa",
    "Europe",
    "Asia",
    "Asia",
    "Southern Africa",
    "Affected people",
    "Host country",
    "Pacific",
    "International",
)
ZONES = {
    "NOR": "Europe/Oslo", "COL": "America/Bogota", "LAO": "Asia/Vientiane", "LBN": "Asia/Beirut",
    "MLI": "Africa/Bamako", "DEU": "Europe/Berlin", "MMR": "Asia/Yangon", "JPN": "Asia/Tokyo",
    "AGO": "Africa/Luanda", "UKR": "Europe/Kyiv", "ZMB": "Africa/Lusaka", "NZL": "Pacific/Auckland",
    "NPL": "Asia/Kathmandu", "USA": "America/Chicago", "IRL": "Europe/Dublin", "SEN": "Africa/Dakar",
}  # fmt: skip
