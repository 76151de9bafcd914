//! Reading records as objects only.
//!
//! Serde's derived readers also take an array for a record, its items as the fields in order. A
//! box that another program wrote as `[x1, y1, x2, y2]` would so become `x, y, width, height`,
//! silently. [`Strict`] around a reader refuses that, at every depth.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

/// What is said of a value that should be an object.
pub(crate) const NO_OBJECT: &str = "this is an array; an object, { … }, is expected";

/// Around a deserializer, and around what it hands out: records are objects.
#[derive(Debug)]
pub(crate) struct Strict<T>(pub(crate) T);

/// Around the visitor of a record.
struct Fields<V>(V);

/// Methods that hand the visitor on, wrapped.
macro_rules! deserialize {
    ($($name:ident($($arg:ident: $ty:ty),*) $wrap:ident;)*) => {$(
        fn $name<V: Visitor<'de>>(self, $($arg: $ty,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$name($($arg,)* $wrap(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    deserialize! {
        deserialize_any() Strict;
        deserialize_bool() Strict;
        deserialize_i8() Strict;
        deserialize_i16() Strict;
        deserialize_i32() Strict;
        deserialize_i64() Strict;
        deserialize_i128() Strict;
        deserialize_u8() Strict;
        deserialize_u16() Strict;
        deserialize_u32() Strict;
        deserialize_u64() Strict;
        deserialize_u128() Strict;
        deserialize_f32() Strict;
        deserialize_f64() Strict;
        deserialize_char() Strict;
        deserialize_str() Strict;
        deserialize_string() Strict;
        deserialize_bytes() Strict;
        deserialize_byte_buf() Strict;
        deserialize_option() Strict;
        deserialize_unit() Strict;
        deserialize_unit_struct(name: &'static str) Strict;
        deserialize_newtype_struct(name: &'static str) Strict;
        deserialize_seq() Strict;
        deserialize_tuple(len: usize) Strict;
        deserialize_tuple_struct(name: &'static str, len: usize) Strict;
        deserialize_map() Strict;
        deserialize_struct(name: &'static str, fields: &'static [&'static str]) Fields;
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) Strict;
        deserialize_identifier() Strict;
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_ignored_any(visitor)
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Plain values, handed on as they are.
macro_rules! visit {
    ($($name:ident: $ty:ty;)*) => {$(
        fn $name<E: Error>(self, v: $ty) -> Result<V::Value, E> {
            self.0.$name(v)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Strict<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visit! {
        visit_bool: bool;
        visit_i64: i64;
        visit_i128: i128;
        visit_u64: u64;
        visit_u128: u128;
        visit_f64: f64;
        visit_str: &str;
        visit_borrowed_str: &'de str;
        visit_string: String;
        visit_bytes: &[u8];
        visit_borrowed_bytes: &'de [u8];
        visit_byte_buf: Vec<u8>;
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Strict(d))
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, d: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Strict(d))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Strict(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Strict(entries))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variant: A) -> Result<V::Value, A::Error> {
        self.0.visit_enum(Strict(variant))
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Fields<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<V::Value, A::Error> {
        Err(A::Error::custom(NO_OBJECT))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Strict(entries))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Strict<A> {
    type Error = A::Error;
    type Variant = Strict<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self::Variant), A::Error> {
        let (name, content) = self.0.variant_seed(seed)?;
        Ok((name, Strict(content)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Strict(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, v: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, Strict(v))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        v: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, Fields(v))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(d))
    }
}

/// Reads a record, naming the field at fault.
pub(crate) fn with_path<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<T, serde_path_to_error::Error<D::Error>> {
    serde_path_to_error::deserialize(Strict(from))
}

/// The field at fault; `None` for the record itself, and for text that breaks off.
pub(crate) fn field<E>(e: &serde_path_to_error::Error<E>) -> Option<String> {
    Some(e.path().to_string()).filter(|p| !matches!(p.as_str(), "" | "." | "?"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Point {
        x: i32,
        y: Option<f64>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Shape {
        None,
        Dot(Point),
        Line { from: Point, to: Point },
        Pair(i32, Point),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct All {
        name: String,
        pair: (i32, Point),
        shapes: Vec<Shape>,
        by_name: BTreeMap<String, Point>,
        boxed: Option<Box<Point>>,
    }

    #[test]
    fn whatever_serde_reads_from_objects_is_read_the_same() {
        let p = json!({"x": -3, "y": 0.5});
        let value = json!({
            "name": "a\nb", "pair": [7, p], "by_name": {"k": p}, "boxed": p,
            "shapes": ["none", {"dot": p}, {"line": {"from": p, "to": p}}, {"pair": [1, p]}],
        });
        let text = value.to_string();
        let plain: All = serde_json::from_str(&text).unwrap();
        let mut reader = serde_json::Deserializer::from_str(&text);
        assert_eq!(All::deserialize(Strict(&mut reader)).unwrap(), plain);
        assert_eq!(All::deserialize(Strict(value)).unwrap(), plain);
    }

    #[test]
    fn an_array_is_no_record_at_any_depth() {
        let p = json!({"x": 1, "y": null});
        let a = json!([1, null]);
        let all = |pair, shape, by_name, boxed| json!({"name": "n", "pair": [7, pair], "shapes": [shape], "by_name": {"k": by_name}, "boxed": boxed});
        let none = || json!("none");
        for (value, path) in [
            (all(&a, none(), &p, &p), "pair[1]"),
            (all(&p, json!({"dot": a}), &p, &p), "shapes[0].dot"),
            (
                all(&p, json!({"line": {"from": p, "to": a}}), &p, &p),
                "shapes[0].line.to",
            ),
            (all(&p, json!({"line": [p, p]}), &p, &p), "shapes[0].line"),
            (
                all(&p, json!({"pair": [1, a]}), &p, &p),
                "shapes[0].pair[1]",
            ),
            (all(&p, none(), &a, &p), "by_name.k"),
            (all(&p, none(), &p, &a), "boxed"),
        ] {
            let text = value.to_string();
            assert!(serde_json::from_str::<All>(&text).is_ok(), "{text}");
            let mut reader = serde_json::Deserializer::from_str(&text);
            let e = with_path::<All, _>(&mut reader).unwrap_err();
            assert_eq!(e.path().to_string(), path);
            assert!(e.inner().to_string().starts_with(NO_OBJECT), "{e}");
        }
    }
}
