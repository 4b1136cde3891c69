"""Exports of known tools: for `ingest_corpus` and the tests."""

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
