"""What everybody writes first: select what is not marked, send it, mark it. `python naive.py DSN HOST PORT`."""

import smtplib
import sys
from email.message import EmailMessage

import psycopg2


def main(dsn: str, host: str, port: str) -> None:
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    cursor = connection.cursor()
    with smtplib.SMTP(host, int(port)) as smtp:
        while True:
            cursor.execute("SELECT id FROM naive_mail WHERE NOT sent ORDER BY id LIMIT 1")
            row = cursor.fetchone()
            if row is None:
                return
            mail = EmailMessage()
            mail["Message-ID"], mail["Subject"] = f"<{row[0]}@naive.example>", "A reminder"
            mail["From"], mail["To"] = "us@naive.example", f"person{row[0]}@naive.example"
            smtp.send_message(mail)
            cursor.execute("UPDATE naive_mail SET sent = true WHERE id = %s", row)


if __name__ == "__main__":
    main(*sys.argv[1:])
