"""Exports of known tools are merged without a mapping, and the receipt names them."""

import csv
import io

import pytest

from satispy.reviews import MergeRules, ReviewTable, exports, versions
from satispy.reviews.columns import choose
from satispy.reviews.headers import fold

#: Headers as the tools write them, a row of each, and what must be merged of it.
ROWS = {
    "Trustpilot": (
        "Domain Url,Webshop Name,Business Unit Id,Review Id,Review Created (UTC),Review Consumer"
        " User Id,Review Username,Review User Email,Review Title,Review Content,Review Stars,"
        "Source Of Review,Location Name,Company Reply Date (UTC)",
        "exemple.test,Boutique Essai,b1,r9,2024-06-03 08:00:00,c7,Zoé Essai,zoe@exemple.test,"
        "Au top,Colis arrivé en deux jours,5,AFS,,",
        ("Au top\nColis arrivé en deux jours", 5, "2024-06-03T08:00:00"),
    ),
    "Avis Vérifiés / Skeepers": (
        "Référence commande,Nom,Prénom,Email,Date de commande,Date de l'avis,Note,Avis",
        "C-12,Essai,Zoé,zoe@exemple.test,01/06/2024,13/06/2024,2/5,Emballage abîmé",
        ("Emballage abîmé", 2, "2024-06-13"),
    ),
    "Google Business Profile": (
        "reviewId,reviewer.displayName,starRating,comment,createTime,updateTime",
        "AbC,Zoé Essai,FOUR,Bon accueil,2024-06-03T08:00:00.123456Z,",
        ("Bon accueil", 4, "2024-06-03T08:00:00"),
    ),
    "Google Play Console": (
        "Package Name,App Version Code,Reviewer Language,Device,Review Submit Date and Time,Review"
        " Last Update Date and Time,Star Rating,Review Title,Review Text,Review Link",
        "test.exemple,12,fr,x,2024-06-03T08:00:00Z,2024-06-04T08:00:00Z,1,,Se ferme toute seule,",
        ("Se ferme toute seule", 1, "2024-06-04T08:00:00"),
    ),
    "App Store Connect": (
        "id,rating,title,body,reviewerNickname,createdDate,territory",
        "77,3,Moyen,Trop de publicités,zozo,2024-06-03T08:00:00-07:00,FRA",
        ("Moyen\nTrop de publicités", 3, "2024-06-03T15:00:00"),
    ),
    "Judge.me": (
        "title,body,rating,review_date,reviewer_name,reviewer_email,product_id,product_handle,reply",
        "Parfait,Taille bien,5,2024-06-03 08:00:00 UTC,Zoé,zoe@exemple.test,1,robe,",
        ("Parfait\nTaille bien", 5, "2024-06-03T08:00:00"),
    ),
    "Yotpo": (
        "Review ID,Review Creation Date,Review Status,Review Score,Review Title,Review Content,"
        "Reviewer Display Name,Reviewer Email,Product ID",
        "5,2024-06-03 08:00:00,Published,2,Déçu,Couleur passée,Zoé E.,zoe@exemple.test,31",
        ("Déçu\nCouleur passée", 2, "2024-06-03T08:00:00"),
    ),
    "Loox": (
        "product_handle,rating,author,email,body,created_at,photo_url,verified_purchase",
        "robe,4,Zoé,zoe@exemple.test,Jolie coupe,2024-06-03,,true",
        ("Jolie coupe", 4, "2024-06-03"),
    ),
    "Stamped": (
        "reviewId,reviewDate,name,email,reviewRating,reviewTitle,reviewMessage,productId",
        "5,06/13/2024,Zoé,zoe@exemple.test,1,Non,Cassé au premier lavage,3",
        ("Non\nCassé au premier lavage", 1, "2024-06-13"),
    ),
    "Shopify Product Reviews": (
        "product_handle,state,rating,title,author,email,location,body,reply,created_at,replied_at",
        "robe,published,5,Ravie,Zoé,zoe@exemple.test,Lyon,Ravie de mon achat,,2024-06-03,",
        ("Ravie de mon achat", 5, "2024-06-03"),
    ),
    "Amazon": (
        "marketplace,customer_id,review_id,product_id,star_rating,review_headline,review_body,"
        "review_date",
        "FR,1,R1,B1,3,Correct,Rien de plus,2015-06-03",
        ("Correct\nRien de plus", 3, "2015-06-03"),
    ),
    "WooCommerce": (
        "comment_ID,comment_author,comment_author_email,comment_date,comment_content,rating",
        "8,Zoé,zoe@exemple.test,2024-06-03 08:00:00,Conforme,4",
        ("Conforme", 4, "2024-06-03T08:00:00"),
    ),
    "PrestaShop": (
        "id_product_comment,customer_name,title,content,grade,date_add",
        "8,Zoé,Bof,Fragile,2.0,2024-06-03 08:00:00",
        ("Bof\nFragile", 2, "2024-06-03T08:00:00"),
    ),
    "open data set of French reviews": (
        "film,review,rating,date",
        "Essai,Un peu long mais beau,4,3 juin 2024",
        ("Un peu long mais beau", 4, "2024-06-03"),
    ),
}


@pytest.fixture
def merged(store, send):
    def merged(header: str, *rows: str, **rules: object):
        receipt = send("a.csv", "\n".join((header, *rows)), rules=MergeRules(**rules))
        assert receipt.refused is None
        return receipt, ReviewTable(store).read()

    return merged


def test_each_known_export_is_tried_here():
    assert set(ROWS) == {export.name for export in exports.known()}


@pytest.mark.parametrize("name", ROWS)
def test_a_known_export_needs_no_mapping(store, merged, tmp_path, name):
    header, row, (comment, star, date) = ROWS[name]
    receipt, reviews = merged(header, row)
    assert receipt.recognised == name
    assert (reviews.comments, reviews.stars) == ([comment], [star])
    assert str(reviews.dates[0]) == date[:10]
    versions.export(ReviewTable(store), None, tmp_path / "out.csv")
    written = (tmp_path / "out.csv").read_text()
    assert date in written
    assert "Zoé" not in written
    assert "exemple.test," not in written.replace("test.exemple", "") or name == "Trustpilot"


@pytest.mark.parametrize("name", ROWS)
def test_a_known_export_comes_from_any_hand_as_it_was(merged, name):
    header, row, (comment, star, _) = ROWS[name]
    names = [f" {cell.upper().replace('_', ' ').replace('É', 'E')}" for cell in header.split(",")]
    cells = next(csv.reader([row]))
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([["Export", ""], [], names, cells])
    receipt, reviews = merged(out.getvalue())
    assert receipt.recognised == name
    assert (reviews.comments, reviews.stars) == ([comment], [star])


def test_every_form_of_every_export_has_what_a_review_needs():
    for export in exports.known():
        for wanted in export.headers:
            chosen = choose(sorted(wanted), {})
            assert chosen.recognised, (export.name, wanted)
        every = sorted({name for names in export.columns.values() for name in names})
        assert {"comment", "star"} <= set(choose(every, {}).fields), export.name


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Titre comment;Nombre d'étoile", "bien;4"),
        ("Avis;Note", "bien;4"),
        ("Note sur 5;Verbatim;Prénom", "4;bien;Zoé"),
        ("Horodateur;Votre commentaire;Note globale", "03/06/2024 08:00;bien;4"),
        ("Boutique;Texte de l’avis;Note de l’avis;Publié le", "x;bien;4 étoiles;3 juin 2024"),
        ("Rating;Review text;Reviewer name", "4;bien;Zoé"),
    ],
)
def test_a_file_made_by_hand_with_usual_names_needs_none_either(merged, header, row):
    receipt, reviews = merged(header, row)
    assert (reviews.comments, reviews.stars) == (["bien"], [4])
    assert receipt.recognised == "usual column names"


def test_our_own_names_are_no_export_and_are_read_first(merged):
    receipt, reviews = merged("Avis,Note,Commentaire,star", "x,1,bien,4")
    assert receipt.recognised is None
    assert (reviews.comments, reviews.stars) == (["bien"], [4])


def test_a_mapping_is_stronger_than_what_is_known(merged):
    header, row, _ = ROWS["Yotpo"]
    receipt, reviews = merged(header, row, columns={"comment": "Review Content"})
    assert reviews.comments == ["Couleur passée"]
    assert receipt.columns["star"] == "Review Score"


def test_a_title_that_says_the_same_is_not_said_twice(merged):
    header = "product_handle,state,rating,title,author,body,created_at"
    _, reviews = merged(
        header,
        "robe,published,5,Belle robe…,Zoé,Belle robe et bien coupée,2024-06-03",
        "robe,published,4,Belle robe,Zoé,,2024-06-03",
        "robe,published,3,,Zoé,Sans titre,2024-06-03",
    )
    assert reviews.comments == ["Belle robe et bien coupée", "Belle robe", "Sans titre"]


def test_two_columns_can_be_mapped_to_one_comment(merged):
    receipt, reviews = merged(
        "Objet;Dit;Mesure", "Bien;mais cher;3", columns={"comment": "Objet+Dit", "star": "Mesure"}
    )
    assert reviews.comments == ["Bien\nmais cher"]
    assert receipt.columns["comment"] == "Objet + Dit"


def test_names_are_folded_whatever_wrote_them():
    assert fold("Nombre_d’Étoiles :") == fold("nombre d'e\u0301toiles") == fold("NombreDEtoiles")
