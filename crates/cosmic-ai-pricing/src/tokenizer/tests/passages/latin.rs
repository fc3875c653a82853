//! More English and German, of other kinds than the first passages.

pub(super) const ENGLISH_REPORT: &str = "\
Steps to reproduce: open the export dialog, choose \"All invoices\", set the period to last quarter, and press Download \
twice within a second. Expected: one archive. Actual: two archives, the second of which is empty and cannot be opened.

The log shows that the second click starts a new job before the first one has registered itself, so the check for a \
running export never fires. I could reproduce this on three machines (two laptops, one desktop), but only on slow \
connections; with the cache disabled it happens every time. As a workaround we have told the accounting team to wait for \
the green banner. A proper fix would probably reserve the job number on the server first and treat any further request \
for the same period as a question about that job. Please don't just disable the button: keyboard users would still be \
able to trigger it, and the mobile app calls the endpoint directly.";

pub(super) const ENGLISH_DIALOGUE: &str = "\
\"You've packed the wrong tent,\" said Nora, holding up a pole that was clearly meant for something the size of a circus.

\"That's the one you told me to bring.\"

\"I told you to bring the green one. This is grey.\"

\"It's greenish-grey.\" Walt scratched his beard. \"Anyway, bigger is better. We'll have room for the dog, and the canoe, \
and that ridiculous stove of yours.\"

She looked at the sky, which had been threatening rain since breakfast, then at the manual, which was forty pages long \
and entirely in Finnish. Somewhere behind them a woodpecker was hammering away as if it wanted to make a point. \"Fine,\" \
she sighed. \"Hand me the mallet. If we're not under canvas by six o'clock, I'm sleeping in the car and you're explaining \
it to the children.\"";

pub(super) const GERMAN_LETTER: &str = "\
Sehr geehrte Frau Lindenthal,

vielen Dank für Ihr Angebot vom vergangenen Dienstag. Wir haben die Unterlagen inzwischen mit der Geschäftsführung \
besprochen und möchten den Auftrag grundsätzlich erteilen, allerdings mit zwei Änderungen. Erstens benötigen wir die \
Lieferung spätestens bis zur Kalenderwoche 38, da die Halle danach wegen Bauarbeiten gesperrt wird. Zweitens bitten wir \
Sie, die Versandkosten getrennt auszuweisen, damit unsere Buchhaltung sie der richtigen Kostenstelle zuordnen kann.

Außerdem wäre es hilfreich, wenn Ihre Technikerin vor der Montage noch einmal anrufen könnte. Die Zufahrt ist recht \
schmal, und größere Fahrzeuge müssen rückwärts einparken. Für Rückfragen erreichen Sie mich montags bis donnerstags \
zwischen neun und sechzehn Uhr.

Mit freundlichen Grüßen
Henrik Vossberg";

pub(super) const GERMAN_RECIPE: &str = "\
Für den Teig das Mehl in eine große Schüssel sieben, eine Mulde hineindrücken und die Hefe mit etwas lauwarmer Milch und \
einem Löffel Zucker darin auflösen. Zugedeckt eine Viertelstunde ruhen lassen, bis sich Bläschen bilden. Dann die \
restliche Milch, die weiche Butter, zwei Eier und eine Prise Salz unterkneten, bis der Teig glatt ist und sich vom Rand \
löst. Falls er klebt, noch ein wenig Mehl einarbeiten, aber nicht zu viel, sonst wird das Gebäck trocken.

Inzwischen die Äpfel schälen, in dünne Spalten schneiden und mit Zitronensaft beträufeln. Den aufgegangenen Teig auf \
einem gefetteten Blech ausrollen, dicht mit den Äpfeln belegen und mit Zimt und gehobelten Mandeln bestreuen. Bei 180 Grad \
etwa 35 Minuten backen. Am besten schmeckt der Kuchen noch warm, mit einem Klecks ungesüßter Sahne.";
