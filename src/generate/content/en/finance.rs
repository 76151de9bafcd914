//! Accounting and banking.

use crate::generate::content::schema::{
    Cell, Domain, Search, Table, Words, act, col, danger, facet, item, section, stat, sub,
};
use crate::generate::widget::Mood;

pub(super) const DOMAIN: Domain = Domain {
    id: "finance",
    brands: &[
        "Ledgerline",
        "Pennyway",
        "Balancehouse",
        "Coinfield",
        "Northbank Desk",
        "Tallybook",
    ],
    marks: &["bank", "coins", "wallet", "pie chart"],
    words: Words {
        adjectives: &[
            "monthly",
            "annual",
            "quarterly",
            "recurring",
            "overdue",
            "international",
            "shared",
            "personal",
            "corporate",
            "early",
        ],
        nouns: &[
            "insurance premium",
            "rent",
            "software license",
            "office supplies",
            "travel refund",
            "consulting fee",
            "payroll",
            "equipment lease",
            "utility bill",
            "loan payment",
            "card payment",
            "tax payment",
            "membership fee",
            "training budget",
        ],
        kinds: &[
            "invoice",
            "credit note",
            "statement",
            "receipt",
            "estimate",
            "transfer",
        ],
    },
    search: Search {
        noun: "transactions",
        placeholder: "Search payments, invoices and accounts",
        queries: &[
            "rent april",
            "overdue invoices",
            "travel refund",
            "software license",
            "card payments over 500",
            "tax payment",
            "transfers to savings",
            "insurance",
        ],
        titles: &[
            "{adj} {noun}",
            "{noun} {company}",
            "{kind} {company}",
            "{noun} for {month}",
        ],
        snippets: &[
            "{kind} from {company}, booked on {date}.",
            "Paid by card ending in {nnn}{n}. Reference {nnn}-{nn}.",
            "Matched with {n} documents. Nothing left to do.",
            "Waiting for approval by {person}.",
        ],
        meta: &[
            "{date} · {kind}",
            "{company}",
            "Account ending in {nn}{nn}",
            "{city} · {date}",
        ],
        categories: &[
            "Income",
            "Expenses",
            "Transfers",
            "Invoices",
            "Cards",
            "Savings",
            "Taxes",
            "Payroll",
        ],
        facets: &[
            facet(
                "Type",
                &["Invoice", "Transfer", "Card payment", "Credit note", "Fee"],
            ),
            facet(
                "Account",
                &[
                    "Business checking",
                    "Savings",
                    "Tax reserve",
                    "Company card",
                ],
            ),
            facet("State", &["Cleared", "Pending", "Scheduled", "Failed"]),
            facet(
                "Period",
                &["This month", "Last month", "This quarter", "This year"],
            ),
        ],
        sorts: &[
            "Newest first",
            "Oldest first",
            "Amount: high to low",
            "Amount: low to high",
            "Payee",
        ],
        action: ("View details", "receipt"),
        price: Some((1_200, 980_000)),
        pictures: &["receipt", "payment", "bank", "cash", "invoice", "coins"],
    },
    tables: &[
        Table {
            title: "Invoices",
            noun: "invoice",
            plural: "invoices",
            columns: &[
                col("Invoice", Cell::Code("INV-####"), 100.0),
                col("Customer", Cell::Company, 180.0),
                col(
                    "Status",
                    Cell::Status(&[
                        ("Paid", Mood::Success),
                        ("Sent", Mood::Info),
                        ("Overdue", Mood::Danger),
                        ("Draft", Mood::Neutral),
                    ]),
                    100.0,
                ),
                col("Amount", Cell::Money(12_000, 1_900_000), 110.0),
                col("Due", Cell::Due, 130.0),
                col("Issued", Cell::Date, 130.0),
                col("Contact", Cell::Email, 200.0),
            ],
            actions: &[
                act("View", "show"),
                act("Download PDF", "download"),
                act("Send reminder", "send"),
                act("Record payment", "payment"),
                danger("Void", "delete"),
            ],
            bulk: &[
                act("Send reminders", "send"),
                act("Download", "download"),
                act("Mark as paid", "done"),
                danger("Void", "delete"),
            ],
            filters: &[
                facet(
                    "Status",
                    &["All statuses", "Paid", "Sent", "Overdue", "Draft"],
                ),
                facet(
                    "Period",
                    &["This month", "Last month", "This quarter", "This year"],
                ),
            ],
            add: "New invoice",
        },
        Table {
            title: "Transactions",
            noun: "transaction",
            plural: "transactions",
            columns: &[
                col(
                    "Description",
                    Cell::Text(&["{noun} {company}", "{adj} {noun}", "{kind} {company}"]),
                    230.0,
                ),
                col("Amount", Cell::Money(300, 640_000), 110.0),
                col(
                    "Category",
                    Cell::Choice(&[
                        "Rent", "Travel", "Software", "Salaries", "Taxes", "Supplies", "Fees",
                    ]),
                    110.0,
                ),
                col(
                    "Status",
                    Cell::Status(&[
                        ("Cleared", Mood::Success),
                        ("Pending", Mood::Warning),
                        ("Failed", Mood::Danger),
                    ]),
                    100.0,
                ),
                col("Date", Cell::Date, 130.0),
                col(
                    "Account",
                    Cell::Choice(&["Checking", "Savings", "Company card", "Tax reserve"]),
                    120.0,
                ),
                col("Reference", Cell::Code("TX-######"), 110.0),
            ],
            actions: &[
                act("View", "show"),
                act("Attach receipt", "attachment"),
                act("Split", "split"),
                act("Add note", "note"),
            ],
            bulk: &[
                act("Categorize", "tag"),
                act("Export", "export"),
                act("Mark as reviewed", "done"),
            ],
            filters: &[
                facet(
                    "Account",
                    &["All accounts", "Checking", "Savings", "Company card"],
                ),
                facet(
                    "Category",
                    &["All categories", "Rent", "Travel", "Software", "Taxes"],
                ),
            ],
            add: "New transfer",
        },
    ],
    nav: &[
        section(
            "Money",
            &[
                item("Overview", "dashboard"),
                sub("Accounts", "bank", &["Checking", "Savings", "Credit lines"]),
                item("Transactions", "swap"),
                item("Cards", "payment"),
            ],
        ),
        section(
            "Sales",
            &[
                sub(
                    "Invoices",
                    "invoice",
                    &["All invoices", "Recurring", "Drafts"],
                ),
                item("Estimates", "text document"),
                item("Customers", "account"),
            ],
        ),
        section(
            "Purchases",
            &[
                item("Bills", "receipt"),
                item("Expenses", "wallet"),
                item("Vendors", "organization"),
                item("Approvals", "stamp"),
            ],
        ),
        section(
            "Reports",
            &[
                item("Profit and loss", "bar chart"),
                item("Cash flow", "line chart"),
                item("Taxes", "percent chart"),
                item("Settings", "settings"),
            ],
        ),
    ],
    stats: &[
        stat("Balance", "bank", Cell::Money(400_000, 92_000_000)),
        stat("Outstanding", "invoice", Cell::Money(90_000, 9_800_000)),
        stat("Expenses", "receipt", Cell::Money(120_000, 22_000_000)),
        stat("Savings rate", "savings", Cell::Percent(3, 34)),
    ],
    tabs: &["Overview", "Activity", "Statements", "Documents", "Limits"],
    actions: &[
        ("New invoice", "add"),
        ("Transfer money", "swap"),
        ("Export", "export"),
        ("Add account", "bank"),
        ("Scan receipt", "scan"),
    ],
};
