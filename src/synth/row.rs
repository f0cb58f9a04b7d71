//! A row of the child list: its columns, as the child-information software exports them.

use std::ops::{Index, IndexMut};

macro_rules! columns {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $heading:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $name { $($variant,)* }

        impl $name {
            /// The headings, in order.
            pub const HEADINGS: &'static [&'static str] = &[$($heading,)*];
        }
    };
}

columns! {
    /// Columns of the child list.
    ChildColumn {
        ChildCode = "Mã trẻ em",
        HouseholdCode = "Mã gia đình",
        FullName = "Họ và tên",
        BirthDate = "Ngày sinh",
        Gender = "Giới tính",
        Ethnicity = "Dân tộc",
        PersonalId = "Số định danh cá nhân",
        FatherName = "Họ tên cha",
        FatherId = "Số CCCD của cha",
        MotherName = "Họ tên mẹ",
        MotherId = "Số CCCD của mẹ",
        GuardianName = "Người nuôi dưỡng",
        Hamlet = "Thôn/TDP",
        Commune = "Xã/Phường",
        District = "Huyện",
        Province = "Tỉnh",
        Address = "Địa chỉ",
        Phone = "Điện thoại",
        Poverty = "Hộ nghèo",
        Education = "Trình độ học vấn",
        Note = "Ghi chú",
    }
}

columns! {
    /// Columns of the register extract.
    RegisterColumn {
        PersonalId = "Số ĐDCN",
        FullName = "Họ và tên",
        BirthDate = "Ngày sinh",
        Gender = "Giới tính",
        Ethnicity = "Dân tộc",
        Nationality = "Quốc tịch",
        FatherName = "Họ tên cha",
        FatherId = "Số ĐDCN cha",
        MotherName = "Họ tên mẹ",
        MotherId = "Số ĐDCN mẹ",
        HouseholdCode = "Số HSCT",
        Relationship = "Quan hệ với chủ hộ",
        Hamlet = "Thôn/TDP",
        Commune = "Xã/Phường",
        Province = "Tỉnh",
        Address = "Nơi thường trú",
        RegistrationPlace = "Nơi đăng ký khai sinh",
    }
}

/// The cells of a row; all text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row<const WIDTH: usize>(pub [String; WIDTH]);

impl<const WIDTH: usize> Default for Row<WIDTH> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| String::new()))
    }
}

/// A row of the child list.
pub(super) type ChildRow = Row<21>;
/// A row of the register extract.
pub(super) type RegisterRow = Row<17>;

const _: () = assert!(ChildColumn::HEADINGS.len() == 21 && RegisterColumn::HEADINGS.len() == 17);

macro_rules! index {
    ($row:ty, $column:ty) => {
        impl Index<$column> for $row {
            type Output = String;

            fn index(&self, column: $column) -> &String {
                &self.0[column as usize]
            }
        }

        impl IndexMut<$column> for $row {
            fn index_mut(&mut self, column: $column) -> &mut String {
                &mut self.0[column as usize]
            }
        }
    };
}

index!(ChildRow, ChildColumn);
index!(RegisterRow, RegisterColumn);
