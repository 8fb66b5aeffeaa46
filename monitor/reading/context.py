"""Whether a text speaks of Belarus, its courts or its prisons: what makes a name without more the one of the register.

Stems, not words, and `_` for a space; a text needs one of them.
"""

from __future__ import annotations

import re
from functools import cache

_BELARUS = (
    "белару бєлару білору белорус лукашенк лукашэнк мінск минск менск гомел магілеў магілёў могилев могилёв віцебск "
    "витебск гродн брэст belarus bélarus bielarus biełarus białoru baltarus baltkriev bělorus belorus bielorus bielorr "
    "bjelorus biéloruss weißruss weissruss wit-rus witrus vitryss hviterus hviderus valgeven valkoven valko-ven "
    "fehérorosz lukash lukasch lukaš łukaszenk loukach loekasj lukasj minsk mińsk viasna hrodn grodn homiel gomel"
)
_PRISON = {
    "ru uk bg": "политз политв політв політз помилов помилва освобод освобожд освобож вызвал звільн обменял обміня "
    "амніст амнист колони колоні тюрьм тюрем тюрм в'язн вязн сизо сіза осужд осудж засуд приговор вирок решетк решётк "
    "ґрат заключенн заключённ затвор арест арешт",
    "pl": "więzi więźn zwoln uwoln ułaskaw amnest kolonia_karn kolonii_karn za_krat łagier łagrze areszt",
    "lt": "kalin kalėj koloni nuteis paleis išlaisv malonę iškei išmain įkalin",
    "lv": "ieslodz cietum atbrīv apžēlo izlais koloni",
    "de": "gefangen gefäng strafkolon häftling freigelass freilass freigekomm begnadig inhaftier",
    "en": "prison penal_ colony jail sentenced was_freed been_freed freed_from freed_after pardoned behind_bars detain",
    "fr": "prison libéré libérat graci détenu colonie_pén",
    "it": "carcer scarcer prigion detenut graziat liberat",
    "es": "encarcel excarcel cárcel indult liberad liberó _preso prisión prision",
    "pt": "prisão prision prisões _preso libertaç libertado indult",
    "ro": "închis eliberat deținut grațiat",
    "nl": "gevang vrijgelat vrijlat _gratie strafkol",
    "sv": "fängel fånge fångar frigiv frige frisläpp benåd straffkol",
    "no da nb nn": "fengsl fengsel fange løslat løslad fængs benåd straffekol",
    "fi": "vankil vanki vangi vapaut armahd",
    "et": "vangi vangla vabasta vabane armuand",
    "hu": "börtön szabadul szabadon elítél",
    "cs sk": "vězn vězen väzn väzen žalář propust prepust omilost osvobo oslobo odsed odsouzen odsúden",
    "hr sl sr bs": "zatvor oslobo pomilov osuđen obsojen",
    "tr": "hapis cezaev serbest",
}


def speaks_of_belarus(text: str, language: str) -> bool:
    """By the stems of its language, or of all where that is not among them; what is in Belarusian always does."""
    return language == "be" or _pattern(language).search(text.casefold()) is not None


@cache
def _pattern(language: str) -> re.Pattern[str]:
    own = [stems for languages, stems in _PRISON.items() if language in languages.split()]
    stems = " ".join((_BELARUS, *(own or _PRISON.values()))).split()
    return re.compile("|".join(re.escape(stem.replace("_", " ")) for stem in stems))
