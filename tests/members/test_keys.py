"""The key under which two spellings of one name meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.keys import name_key, name_words


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("AID/ WATCH", "aid watch"),
        ("Aid/Watch", "aid watch"),
        ("Åpne Marker", "apne marker"),
        ("Fédération  Internationale", "federation internationale"),
        ("Łódź Ørsted Æther Straße", "lodz orsted aether strasse"),
        ("Women's Network", "womens network"),
        ("Women’s Network", "womens network"),
        ("Ｆｕｌｌ－Ｗｉｄｔｈ", "full width"),
        ("Αγρός Χωρίς Φόβο", "αγροσ χωρισ φοβο"),
        ("11.11.11 - Coalition", "11 11 11 coalition"),
        ("ရွာလယ်ကွင်း ဖွံ့ဖြိုးရေးအသင်း", "ရွာလယ်ကွင်း ဖွံ့ဖြိုးရေးအသင်း"),
        ("جمعية الأرض الآمنة", "جمعية الأرض الآمنة"),
        (" — ! ", ""),
    ],
)
def test_spellings_of_one_name_meet_in_one_key(name, key):
    assert name_key(name) == key


@given(st.text(max_size=60))
def test_the_key_of_a_key_is_itself(name):
    assert name_key(name_key(name)) == name_key(name)


@given(st.text(alphabet="abcàéøłß ", max_size=40))
def test_case_and_spaces_around_a_name_do_not_count(name):
    assert name_key(f"  {name.upper()} ") == name_key(name)


def test_words_come_from_all_names_and_each_once():
    assert name_words("Aid/Watch", "AID", "L’Aide") == {"aid", "watch", "laide"}
