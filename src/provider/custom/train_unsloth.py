"""Trains a LoRA adapter for a vision model on this folder's examples, with Unsloth.

`python3 train.py --check` reads every example and picture without training.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def load(name, bounds):
    """Reads one file of examples with their pictures opened."""
    from PIL import Image

    rows = []
    with open(HERE / name, encoding="utf-8") as lines:
        for line in lines:
            if not line.strip():
                continue
            row = json.loads(line)
            for message in row["messages"]:
                for part in message["content"]:
                    if part["type"] == "image":
                        with Image.open(HERE / part["image"]) as image:
                            part["image"] = image.convert("RGB")
                        # The coordinates of the answers count on this size of the pictures.
                        part.update(bounds)
            rows.append(row)
    return rows


def main():
    config = json.loads((HERE / "config.json").read_text(encoding="utf-8"))
    bounds = {k: config[k] for k in ("min_pixels", "max_pixels") if config[k] is not None}
    train = load(config["train_file"], bounds)
    validation = load(config["validation_file"], bounds) if config["validation_file"] else []
    print(f"{len(train)} examples to train with, {len(validation)} to validate with")
    if "--check" in sys.argv[1:]:
        return

    from unsloth import FastVisionModel
    from unsloth.trainer import UnslothVisionDataCollator
    from trl import SFTConfig, SFTTrainer

    model, processor = FastVisionModel.from_pretrained(
        config["base_model"],
        max_seq_length=config["max_length"],
        load_in_4bit=False,
        use_gradient_checkpointing="unsloth",
    )
    model = FastVisionModel.get_peft_model(
        model,
        r=config["lora_rank"],
        lora_alpha=2 * config["lora_rank"],
        lora_dropout=0,
        random_state=config["seed"],
    )
    FastVisionModel.for_training(model)
    trainer = SFTTrainer(
        model=model,
        processing_class=processor,
        data_collator=UnslothVisionDataCollator(model, processor, resize="max"),
        train_dataset=train,
        eval_dataset=validation or None,
        args=SFTConfig(
            output_dir=str(HERE / "output"),
            num_train_epochs=config["epochs"],
            per_device_train_batch_size=1,
            per_device_eval_batch_size=1,
            gradient_accumulation_steps=config["batch_size"],
            learning_rate=config["learning_rate"],
            seed=config["seed"],
            logging_steps=1,
            save_strategy="epoch",
            eval_strategy="epoch" if validation else "no",
            max_length=config["max_length"],
            remove_unused_columns=False,
            dataset_text_field="",
            dataset_kwargs={"skip_prepare_dataset": True},
            report_to="none",
        ),
    )
    trainer.train()
    model.save_pretrained(HERE / "output")
    processor.save_pretrained(HERE / "output")


if __name__ == "__main__":
    main()
