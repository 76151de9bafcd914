//! What wizards are about: steps and questions.

use super::super::form::{Answer, Ask, Kind, ask};

/// A wizard.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) title: &'static str,
    pub(super) intro: &'static str,
    pub(super) steps: &'static [Step],
    /// What is agreed to at the end.
    pub(super) consent: &'static str,
    /// Caption of the last button.
    pub(super) send: &'static str,
}

/// A step.
#[derive(Debug)]
pub(super) struct Step {
    /// Short, for the stepper.
    pub(super) title: &'static str,
    pub(super) heading: &'static str,
    pub(super) intro: &'static str,
    pub(super) asks: &'static [Ask],
}

const fn step(
    title: &'static str,
    heading: &'static str,
    intro: &'static str,
    asks: &'static [Ask],
) -> Step {
    Step {
        title,
        heading,
        intro,
        asks,
    }
}

const EMAIL: Ask = ask("Email", Kind::Email)
    .required()
    .error("Enter a valid email address");
const PHONE: Ask = ask("Phone number", Kind::Phone).error("This number is too short");
const FIRST: Ask = ask("First name", Kind::Text(Answer::Given))
    .half()
    .required()
    .error("Enter your first name");
const LAST: Ask = ask("Last name", Kind::Text(Answer::Family))
    .half()
    .required()
    .error("Enter your last name");
const CITY: Ask = ask("City", Kind::Text(Answer::City)).half();
const COUNTRY: Ask = ask("Country", Kind::Country)
    .half()
    .error("Choose a country");

pub(super) const TOPICS: &[Topic] = &[
    EVENT, JOB, ONBOARDING, DEVICE, INSURANCE, EXPORT, CLINIC, RENTAL,
];

const EVENT: Topic = Topic {
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

const JOB: Topic = Topic {
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

const ONBOARDING: Topic = Topic {
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
                    Kind::Text(Answer::One(&["", "team@example.com"])),
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

const DEVICE: Topic = Topic {
    title: "Device setup",
    intro: "Connect a new device to your home network.",
    consent: "Install updates automatically",
    send: "Finish setup",
    steps: &[
        step(
            "Device",
            "Which device is it?",
            "The model is on the back.",
            &[
                ask(
                    "Type",
                    Kind::Cards(&[
                        ("Router", "Wireless access for the house", "network"),
                        ("Thermostat", "Heating and cooling", "temperature"),
                        ("Camera", "Doors, garden, garage", "camera"),
                    ]),
                ),
                ask("Serial number", Kind::Text(Answer::Code("@@##-####-##")))
                    .required()
                    .error("This serial number is not known"),
                ask(
                    "Device name",
                    Kind::Text(Answer::One(&[
                        "Hallway",
                        "Attic",
                        "Garden shed",
                        "Office upstairs",
                    ])),
                )
                .half(),
                ask(
                    "Room",
                    Kind::Select(&["Kitchen", "Living room", "Office", "Garage"]),
                )
                .half(),
            ],
        ),
        step(
            "Network",
            "Connect to the network",
            "Stay within a few metres of the router.",
            &[
                ask(
                    "Network",
                    Kind::Select(&["Maple-5G", "Maple-Guest", "Workshop", "Other network"]),
                )
                .required()
                .error("Choose a network"),
                ask("Network password", Kind::Password).error("The password is wrong"),
                ask("Address", Kind::Radio(&["Automatic", "Fixed"])),
                ask("Channel", Kind::Number(1, 13)).half(),
                ask("Band", Kind::Select(&["2.4 GHz", "5 GHz", "6 GHz"])).half(),
                ask("Hide this network", Kind::Check),
            ],
        ),
        step(
            "Options",
            "Adjust the device",
            "Good values for most homes are set.",
            &[
                ask("Brightness", Kind::Slider(0, 100, "%")),
                ask("Volume", Kind::Slider(0, 100, "%")),
                ask("Night mode", Kind::Switch),
                ask("Status light", Kind::Switch),
                ask("Motion alerts", Kind::Switch),
                ask("Share usage data", Kind::Switch),
                ask(
                    "Quiet hours",
                    Kind::Select(&["Never", "22:00–06:00", "23:00–07:00"]),
                ),
            ],
        ),
    ],
};

const INSURANCE: Topic = Topic {
    title: "Insurance quote",
    intro: "A price in three minutes, without obligation.",
    consent: "I have read the conditions",
    send: "Get my quote",
    steps: &[
        step(
            "Cover",
            "What do you want to insure?",
            "You can add more later.",
            &[
                ask(
                    "Insurance",
                    Kind::Cards(&[
                        ("Home contents", "Furniture, clothes, devices", "sofa"),
                        ("Car", "Damage and theft", "car"),
                        ("Travel", "Cancellation and health", "airplane"),
                    ]),
                ),
                ask("Start of cover", Kind::Text(Answer::Day(60)))
                    .icon("calendar")
                    .half()
                    .required()
                    .error("Choose a day in the future"),
                ask(
                    "Contract",
                    Kind::Select(&["One year", "Two years", "Five years"]),
                )
                .half(),
                ask("Insured sum", Kind::Slider(10, 200, "thousand")),
            ],
        ),
        step(
            "Details",
            "About your home",
            "Estimates are fine.",
            &[
                ask("Street", Kind::Text(Answer::Street))
                    .required()
                    .error("Enter a street and number"),
                ask("Postcode", Kind::Text(Answer::Postcode))
                    .half()
                    .error("This postcode does not exist"),
                CITY,
                ask("Living space in m²", Kind::Number(20, 300)).half(),
                ask("Built in", Kind::Number(1900, 2026)).half(),
                ask(
                    "Heating",
                    Kind::Radio(&["Gas", "Heat pump", "District", "Other"]),
                ),
                ask(
                    "Protection",
                    Kind::Checks(&["Smoke alarms", "Safety locks", "Alarm system"]),
                ),
            ],
        ),
        step(
            "Claims",
            "Earlier claims",
            "From the last five years.",
            &[
                ask("Number of claims", Kind::Number(0, 9)).half(),
                ask("Last insurer", Kind::Text(Answer::Company)).half(),
                ask(
                    "Damage",
                    Kind::Chips(&["Water", "Fire", "Theft", "Storm", "Glass"]),
                ),
                ask(
                    "What happened?",
                    Kind::Area(&[
                        "A pipe in the kitchen leaked over a weekend.",
                        "Hail damaged two windows.",
                    ]),
                ),
                ask("Excess", Kind::Slider(0, 1000, "per claim")),
            ],
        ),
        step(
            "You",
            "Who is insured?",
            "We send the quote by email.",
            &[
                FIRST,
                LAST,
                EMAIL,
                PHONE,
                ask("Contact me by", Kind::Radio(&["Email", "Phone", "Post"])),
                ask("Call me about other offers", Kind::Check),
            ],
        ),
    ],
};

const EXPORT: Topic = Topic {
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

const CLINIC: Topic = Topic {
    title: "Book an appointment",
    intro: "Choose a service and a time that suits you.",
    consent: "I have read the privacy notice",
    send: "Book appointment",
    steps: &[
        step(
            "Service",
            "What do you need?",
            "Urgent? Please call us.",
            &[
                ask(
                    "Service",
                    Kind::Cards(&[
                        ("Check-up", "30 minutes", "health"),
                        ("Vaccination", "15 minutes", "syringe"),
                        ("Consultation by video", "20 minutes", "video"),
                    ]),
                ),
                ask(
                    "Reason",
                    Kind::Area(&["A yearly check-up.", "The prescription has run out."]),
                ),
                ask("First visit", Kind::Switch),
            ],
        ),
        step(
            "Time",
            "When suits you?",
            "All times are local.",
            &[
                ask("Day", Kind::Text(Answer::Day(40)))
                    .icon("calendar")
                    .half()
                    .required()
                    .error("Choose a day in the future"),
                ask(
                    "Location",
                    Kind::Select(&["North clinic", "Harbor clinic", "Station clinic"]),
                )
                .half(),
                ask(
                    "Time",
                    Kind::Chips(&["08:30", "09:15", "10:00", "11:45", "14:00", "15:30"]),
                ),
                ask(
                    "Remind me",
                    Kind::Radio(&["One hour before", "One day before", "Never"]),
                ),
                ask("Put me on the waiting list", Kind::Check),
            ],
        ),
        step(
            "Your details",
            "Who is coming?",
            "As on your insurance card.",
            &[
                FIRST,
                LAST,
                ask(
                    "Date of birth",
                    Kind::Text(Answer::One(&["04/12/1988", "21/07/1975", "30/01/1994"])),
                )
                .half()
                .icon("calendar"),
                ask("Insurance", Kind::Select(&["Public", "Private", "None"]))
                    .half()
                    .error("Choose an insurance"),
                PHONE,
                EMAIL,
                ask("I need wheelchair access", Kind::Check),
            ],
        ),
    ],
};

const RENTAL: Topic = Topic {
    title: "List your place",
    intro: "Four steps to a listing that guests find.",
    consent: "I follow the local rules for rentals",
    send: "Publish listing",
    steps: &[
        step(
            "Place",
            "What kind of place is it?",
            "Guests filter by this.",
            &[
                ask(
                    "Type",
                    Kind::Radio(&["Apartment", "House", "Cabin", "Room"]),
                ),
                ask("Street", Kind::Text(Answer::Street))
                    .icon("location")
                    .required()
                    .error("Enter a street and number"),
                CITY,
                COUNTRY,
                ask("Guests", Kind::Number(1, 16)).half(),
                ask("Bedrooms", Kind::Number(0, 12)).half(),
            ],
        ),
        step(
            "Comfort",
            "What do you offer?",
            "Choose everything that is there.",
            &[
                ask(
                    "Comfort",
                    Kind::Chips(&["Wi-Fi", "Kitchen", "Parking", "Balcony", "Washer", "Desk"]),
                ),
                ask(
                    "Rules",
                    Kind::Checks(&["Pets allowed", "Smoking allowed", "Events allowed"]),
                ),
                ask(
                    "Check-in from",
                    Kind::Select(&["14:00", "15:00", "16:00", "Any time"]),
                )
                .half(),
                ask(
                    "Check-out until",
                    Kind::Select(&["10:00", "11:00", "12:00"]),
                )
                .half(),
                ask("Guests can let themselves in", Kind::Switch),
            ],
        ),
        step(
            "Pictures",
            "Show your place",
            "Five pictures are a good start.",
            &[
                ask(
                    "Upload pictures",
                    Kind::Upload("JPEG or PNG, up to 20 MB each"),
                ),
                ask(
                    "Title",
                    Kind::Text(Answer::One(&[
                        "Quiet room by the canal",
                        "Cabin with a stove",
                        "Bright flat near the park",
                    ])),
                )
                .error("Enter a title"),
                ask(
                    "Description",
                    Kind::Area(&[
                        "Two minutes from the market, with a view of the river.",
                        "Bring books: there is no television.",
                    ]),
                ),
            ],
        ),
        step(
            "Price",
            "Set your price",
            "You can change it every day.",
            &[
                ask("Price per night", Kind::Slider(20, 400, "per night")),
                ask("Cleaning fee", Kind::Number(0, 150)).half(),
                ask("Shortest stay", Kind::Number(1, 30)).half(),
                ask(
                    "Cancellation",
                    Kind::Cards(&[
                        ("Flexible", "Free until one day before", "calendar"),
                        ("Strict", "Free for 48 hours", "lock"),
                    ]),
                ),
                ask("Weekly discount", Kind::Slider(0, 50, "%")),
                ask("Let guests book at once", Kind::Switch),
            ],
        ),
    ],
};
