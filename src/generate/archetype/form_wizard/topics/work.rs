//! Wizards of working life.

use super::{CITY, COUNTRY, EMAIL, FIRST, LAST, PHONE, Topic, step};
use crate::generate::archetype::form_parts::{Answer, Kind, ask};

pub(super) const JOB: Topic = Topic {
    title: "Job application",
    intro: "About ten minutes. You can pause at any time.",
    consent: "My answers are complete and true",
    send: "Send application",
    steps: &[
        step(
            "About you",
            "Tell us about yourself",
            "We only use this to contact you.",
            &[
                FIRST,
                LAST,
                EMAIL,
                PHONE,
                CITY,
                COUNTRY,
                ask(
                    "Link to your work",
                    Kind::Text(Answer::One(&[
                        "https://work.example.com",
                        "https://portfolio.example.org",
                    ])),
                )
                .icon("link"),
            ],
        ),
        step(
            "Experience",
            "What have you done so far?",
            "Your last three years are enough.",
            &[
                ask("Current employer", Kind::Text(Answer::Company)),
                ask(
                    "Position",
                    Kind::Text(Answer::One(&[
                        "Project lead",
                        "Product designer",
                        "Data analyst",
                        "Site engineer",
                    ])),
                )
                .half(),
                ask(
                    "Since",
                    Kind::Select(&["2025", "2024", "2023", "2022", "Earlier"]),
                )
                .half(),
                ask("Years of experience", Kind::Slider(0, 30, "years")),
                ask(
                    "Skills",
                    Kind::Chips(&[
                        "Planning", "Writing", "Research", "Budgets", "Design", "Analysis",
                    ]),
                ),
                ask("Upload your CV", Kind::Upload("PDF up to 10 MB")),
            ],
        ),
        step(
            "Position",
            "Which job fits?",
            "You can choose more than one place.",
            &[
                ask(
                    "Team",
                    Kind::Select(&["Operations", "Product", "Design", "Finance", "Support"]),
                )
                .error("Choose a team"),
                ask("Place of work", Kind::Radio(&["Office", "Remote", "Both"])),
                ask("Working hours a week", Kind::Number(10, 40)).half(),
                ask("Earliest start", Kind::Text(Answer::Day(160)))
                    .icon("calendar")
                    .half()
                    .error("Choose a day in the future"),
                ask("Expected salary", Kind::Slider(30, 120, "thousand")),
                ask("I am willing to travel", Kind::Check),
            ],
        ),
        step(
            "Motivation",
            "Why this job?",
            "A few sentences are enough.",
            &[
                ask(
                    "Your motivation",
                    Kind::Area(&[
                        "I like to make complicated things easy to use.",
                        "Your work on quiet streets made me curious.",
                    ]),
                )
                .required()
                .error("Enter at least one sentence"),
                ask(
                    "How did you hear of us?",
                    Kind::Radio(&["Job board", "A colleague", "An event", "Other"]),
                ),
                ask("Keep my application for other jobs", Kind::Check),
                ask("Send me new openings", Kind::Check),
            ],
        ),
    ],
};

pub(super) const ONBOARDING: Topic = Topic {
    title: "Set up your workspace",
    intro: "Everything can be changed later.",
    consent: "I may act for this company",
    send: "Open workspace",
    steps: &[
        step(
            "Workspace",
            "Name your workspace",
            "Usually the name of your company or team.",
            &[
                ask("Workspace name", Kind::Text(Answer::Company))
                    .required()
                    .error("Enter a name"),
                ask(
                    "Address",
                    Kind::Text(Answer::One(&["north-team", "studio-nine", "blue-harbor"])),
                )
                .icon("link")
                .help("Letters, digits and hyphens"),
                ask(
                    "Company size",
                    Kind::Radio(&["1–10", "11–50", "51–200", "More"]),
                ),
                ask(
                    "Industry",
                    Kind::Select(&[
                        "Retail",
                        "Education",
                        "Health",
                        "Logistics",
                        "Software",
                        "Other",
                    ]),
                )
                .half(),
                ask(
                    "Time zone",
                    Kind::Select(&["UTC–05:00", "UTC+00:00", "UTC+01:00", "UTC+09:00"]),
                )
                .half(),
            ],
        ),
        step(
            "Goals",
            "What do you want to do first?",
            "We suggest templates for it.",
            &[
                ask(
                    "Main goal",
                    Kind::Cards(&[
                        ("Plan projects", "Boards, timelines, budgets", "calendar"),
                        ("Answer customers", "One inbox for the whole team", "inbox"),
                        (
                            "Understand numbers",
                            "Reports from all your data",
                            "bar chart",
                        ),
                    ]),
                ),
                ask(
                    "Features",
                    Kind::Checks(&["Tasks", "Documents", "Time tracking", "Invoices"]),
                ),
                ask(
                    "Topics",
                    Kind::Chips(&["Sales", "Support", "Marketing", "People", "Finance"]),
                ),
                ask("Show me around", Kind::Switch),
            ],
        ),
        step(
            "Team",
            "Invite your team",
            "They get an email with a link.",
            &[
                EMAIL,
                ask(
                    "Second email",
                    Kind::Text(Answer::One(&["team@example.com", "office@example.org"])),
                ),
                ask(
                    "Role",
                    Kind::Select(&["Member", "Editor", "Administrator", "Guest"]),
                )
                .half()
                .error("Choose a role"),
                ask("Seats", Kind::Number(1, 50)).half(),
                ask(
                    "Message",
                    Kind::Area(&[
                        "Let us plan the next release here.",
                        "Please join before Friday.",
                    ]),
                ),
                ask("Anyone with our email domain may join", Kind::Switch),
            ],
        ),
        step(
            "Plan",
            "Choose a plan",
            "Try any plan for 30 days.",
            &[
                ask(
                    "Plan",
                    Kind::Cards(&[
                        ("Free", "Up to three people", "leaf"),
                        ("Team", "Unlimited projects", "organization"),
                        ("Business", "Single sign-on and audit log", "security"),
                    ]),
                ),
                ask("Billing period", Kind::Radio(&["Monthly", "Yearly"])),
                ask("Seats", Kind::Slider(1, 100, "seats")),
                ask("Company name on invoices", Kind::Text(Answer::Company)),
            ],
        ),
    ],
};

pub(super) const EXPORT: Topic = Topic {
    title: "Export data",
    intro: "Choose what goes into the file.",
    consent: "Notify me when the file is ready",
    send: "Start export",
    steps: &[
        step(
            "Source",
            "What should be exported?",
            "Only records you may see are included.",
            &[
                ask(
                    "Records",
                    Kind::Checks(&["Customers", "Orders", "Invoices", "Products"]),
                ),
                ask("From", Kind::Text(Answer::Day(30)))
                    .icon("calendar")
                    .half(),
                ask("To", Kind::Text(Answer::Day(90)))
                    .icon("calendar")
                    .half()
                    .error("The end is before the start"),
                ask(
                    "Status",
                    Kind::Chips(&["Open", "Paid", "Shipped", "Returned"]),
                ),
                ask("Include archived records", Kind::Check),
            ],
        ),
        step(
            "Format",
            "How should the file look?",
            "A preview follows on the next page.",
            &[
                ask(
                    "File format",
                    Kind::Radio(&["CSV", "JSON", "XLSX", "Parquet"]),
                ),
                ask("Separator", Kind::Select(&["Comma", "Semicolon", "Tab"])).half(),
                ask("Encoding", Kind::Select(&["UTF-8", "UTF-16", "Latin-1"])).half(),
                ask("Rows per file", Kind::Number(1000, 100_000)).half(),
                ask("Decimal places", Kind::Number(0, 6)).half(),
                ask("First row holds the column names", Kind::Check),
                ask("Compress the file", Kind::Switch),
            ],
        ),
        step(
            "Delivery",
            "Where should it go?",
            "Large exports can take an hour.",
            &[
                ask(
                    "Destination",
                    Kind::Cards(&[
                        ("Download", "A link in your browser", "download"),
                        ("Email", "A link to your address", "email"),
                        ("Cloud storage", "Into a connected bucket", "cloud"),
                    ]),
                ),
                EMAIL,
                ask(
                    "File name",
                    Kind::Text(Answer::One(&[
                        "orders-export",
                        "customers-2026",
                        "monthly-report",
                    ])),
                )
                .error("This name is taken"),
                ask(
                    "Repeat",
                    Kind::Select(&["Never", "Every day", "Every week", "Every month"]),
                ),
                ask("Protect with a password", Kind::Switch),
            ],
        ),
    ],
};

pub(super) const EVENT: Topic = Topic {
    title: "Set up your event",
    intro: "Publish an event page in a few minutes.",
    consent: "I may use the pictures and texts I upload",
    send: "Publish event",
    steps: &[
        step(
            "Basics",
            "What are you planning?",
            "Guests see this on the event page.",
            &[
                ask(
                    "Event name",
                    Kind::Text(Answer::One(&[
                        "Autumn product day",
                        "City cycling tour",
                        "Ceramics workshop",
                        "Night of short talks",
                    ])),
                )
                .required()
                .error("Enter a name for the event"),
                ask(
                    "Category",
                    Kind::Select(&["Conference", "Workshop", "Concert", "Meetup", "Sports"]),
                )
                .half()
                .error("Choose a category"),
                ask(
                    "Language",
                    Kind::Select(&["English", "Deutsch", "Français", "Español"]),
                )
                .half(),
                ask("Format", Kind::Radio(&["In person", "Online", "Hybrid"])),
                ask(
                    "Description",
                    Kind::Area(&[
                        "Bring comfortable shoes and a bottle of water.",
                        "Six talks, each twenty minutes, with time for questions.",
                    ]),
                ),
                ask("Show the event in the public calendar", Kind::Switch),
            ],
        ),
        step(
            "Date",
            "When and where?",
            "You can change this until the first ticket is sold.",
            &[
                ask("Start date", Kind::Text(Answer::Day(120)))
                    .icon("calendar")
                    .half()
                    .required()
                    .error("Choose a day in the future"),
                ask(
                    "Start time",
                    Kind::Select(&["09:00", "10:30", "14:00", "18:00", "19:30"]),
                )
                .half(),
                ask(
                    "Venue",
                    Kind::Text(Answer::One(&[
                        "Harbor Hall",
                        "The Brick Room",
                        "Garden Theatre",
                        "Library, room 4",
                    ])),
                )
                .icon("location"),
                CITY,
                COUNTRY,
                ask("Length", Kind::Slider(1, 12, "hours")),
                ask("Repeats every week", Kind::Switch),
            ],
        ),
        step(
            "Tickets",
            "Tickets and prices",
            "Free events need no payment details.",
            &[
                ask("Seats", Kind::Number(10, 500)).half(),
                ask("Tickets per order", Kind::Number(1, 10)).half(),
                ask(
                    "Ticket type",
                    Kind::Cards(&[
                        ("Free", "Guests register by email", "email"),
                        ("Paid", "One price for everybody", "payment"),
                        ("Donation", "Guests choose what they pay", "gift"),
                    ]),
                ),
                ask(
                    "Extras",
                    Kind::Checks(&["Early bird discount", "Group discount", "Waiting list"]),
                ),
                ask("Sales fee paid by guests", Kind::Switch),
            ],
        ),
        step(
            "Guests",
            "Who may come?",
            "Choose how people find out about the event.",
            &[
                ask(
                    "Audience",
                    Kind::Chips(&[
                        "Everyone",
                        "Members",
                        "Students",
                        "Families",
                        "Professionals",
                    ]),
                ),
                ask("Minimum age", Kind::Number(0, 21)).half(),
                ask(
                    "Reminder",
                    Kind::Select(&["None", "One day before", "One week before"]),
                )
                .half(),
                ask(
                    "Message for guests",
                    Kind::Area(&[
                        "The entrance is on the north side.",
                        "Doors open half an hour earlier.",
                    ]),
                ),
                ask("Approve every guest by hand", Kind::Switch),
            ],
        ),
    ],
};
