//! Wizards of private life.

use super::{CITY, COUNTRY, EMAIL, FIRST, LAST, PHONE, Topic, step};
use crate::generate::archetype::form_parts::{Answer, Kind, ask};

pub(super) const DEVICE: Topic = Topic {
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

pub(super) const INSURANCE: Topic = Topic {
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

pub(super) const CLINIC: Topic = Topic {
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

pub(super) const RENTAL: Topic = Topic {
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
